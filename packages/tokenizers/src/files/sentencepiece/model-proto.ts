/**
 * What a SentencePiece `.model` file says, as far as encoding needs it.
 *
 * @see sentencepiece_model.proto of google/sentencepiece, which numbers the fields and gives the defaults
 */
import { SentencePieceFormatError } from "../../errors.ts";
import { child, describe } from "../../json.ts";
import { Charsmap } from "../../normalizers/charsmap.ts";
import { asFloat, asText, readFields } from "./protobuf.ts";

/** What a piece is for: `unused` ones are never chosen. */
type PieceType = "normal" | "unknown" | "control" | "userDefined" | "unused" | "byte";

export interface SentencePiece {
  readonly piece: string;
  /** Natural-log probability in unigram models; in BPE models higher means merged earlier. */
  readonly score: number;
  readonly type: PieceType;
}

export interface NormalizerSpec {
  /** Empty if text is not changed. */
  readonly precompiledCharsmap: Uint8Array;
  /** Add a space before each text. */
  readonly addDummyPrefix: boolean;
  /** Remove spaces at the ends, and merge runs of them into one. */
  readonly removeExtraWhitespaces: boolean;
  /** Replace spaces with "▁". */
  readonly escapeWhitespaces: boolean;
}

export interface SentencePieceModel {
  readonly pieces: readonly SentencePiece[];
  readonly kind: "unigram" | "bpe";
  readonly byteFallback: boolean;
  readonly normalizer: NormalizerSpec;
}

const PIECE_TYPES: Readonly<Record<number, PieceType>> = {
  1: "normal",
  2: "unknown",
  3: "control",
  4: "userDefined",
  5: "unused",
  6: "byte",
};

/** @throws {SentencePieceFormatError} if the bytes are no such file, or a word, character or suffix model */
export function readModelProto(bytes: Uint8Array): SentencePieceModel {
  const pieces: SentencePiece[] = [];
  let trainer = readTrainerSpec(new Uint8Array(0));
  let normalizer = readNormalizerSpec(new Uint8Array(0));
  for (const field of readFields(bytes, "")) {
    if (field.number === 1) pieces.push(readPiece(field.bytes, child("pieces", pieces.length)));
    else if (field.number === 2) trainer = readTrainerSpec(field.bytes);
    else if (field.number === 3) normalizer = readNormalizerSpec(field.bytes);
  }
  checkPieces(pieces);
  return { pieces, ...trainer, normalizer };
}

function checkPieces(pieces: readonly SentencePiece[]): void {
  if (pieces.length === 0) throw new SentencePieceFormatError("pieces", "at least one piece", "none");
  const ids = new Map<string, number>();
  for (const [id, { piece }] of pieces.entries()) {
    const path = child(child("pieces", id), "piece");
    if (piece === "") throw new SentencePieceFormatError(path, "some text", "none");
    const first = ids.get(piece);
    if (first !== undefined) {
      throw new SentencePieceFormatError(
        path,
        "pieces that differ",
        `${describe(piece)}, which is pieces[${first}] too`,
      );
    }
    ids.set(piece, id);
  }
}

function readPiece(bytes: Uint8Array, path: string): SentencePiece {
  let piece = "";
  let score = 0;
  let type: PieceType | undefined = "normal";
  for (const field of readFields(bytes, path)) {
    if (field.number === 1) piece = asText(field, child(path, "piece"));
    else if (field.number === 2) score = asFloat(field, child(path, "score"));
    else if (field.number === 3) type = PIECE_TYPES[field.value];
  }
  if (type === undefined) throw new SentencePieceFormatError(child(path, "type"), "a type from 1 to 6", "another");
  return { piece, score, type };
}

function readTrainerSpec(bytes: Uint8Array): Pick<SentencePieceModel, "kind" | "byteFallback"> {
  let modelType = 1;
  let byteFallback = false;
  for (const { number, value } of readFields(bytes, "trainer_spec")) {
    if (number === 3) modelType = value;
    else if (number === 35) byteFallback = value !== 0;
    else if (number === 24 && value !== 0) {
      throw new SentencePieceFormatError("trainer_spec.treat_whitespace_as_suffix", "false", "true");
    }
  }
  if (modelType !== 1 && modelType !== 2) {
    throw new SentencePieceFormatError("trainer_spec.model_type", "1 (unigram) or 2 (BPE)", String(modelType));
  }
  return { kind: modelType === 1 ? "unigram" : "bpe", byteFallback };
}

function readNormalizerSpec(bytes: Uint8Array): NormalizerSpec {
  let precompiledCharsmap: Uint8Array = new Uint8Array(0);
  let addDummyPrefix = true;
  let removeExtraWhitespaces = true;
  let escapeWhitespaces = true;
  for (const field of readFields(bytes, "normalizer_spec")) {
    if (field.number === 2) precompiledCharsmap = field.bytes;
    else if (field.number === 3) addDummyPrefix = field.value !== 0;
    else if (field.number === 4) removeExtraWhitespaces = field.value !== 0;
    else if (field.number === 5) escapeWhitespaces = field.value !== 0;
  }
  const charsmap = precompiledCharsmap.length === 0 ? undefined : Charsmap.read(precompiledCharsmap);
  if (typeof charsmap === "string") {
    throw new SentencePieceFormatError("normalizer_spec.precompiled_charsmap", "a compiled table", charsmap);
  }
  return { precompiledCharsmap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces };
}
