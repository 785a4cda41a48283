/**
 * What a SentencePiece `.model` file says, as far as encoding needs it.
 *
 * @see sentencepiece_model.proto of google/sentencepiece, which numbers the fields and gives the defaults
 */
import { SentencePieceFormatError } from "../../errors.ts";
import { child } from "../../json.ts";
import { faultOf, PIECE_TYPES, type PieceType, type SentencePiece } from "../../models/sentencepiece/pieces.ts";
import { ALGORITHMS, type SentencePieceAlgorithm } from "../../models/sentencepiece/segmenter.ts";
import { Charsmap } from "../../normalizers/charsmap.ts";
import { asFloat, asText, readFields } from "./protobuf.ts";

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

interface TrainerSpec {
  readonly algorithm: SentencePieceAlgorithm;
  readonly byteFallback: boolean;
  /** The space of `addDummyPrefix` goes to the end. */
  readonly treatWhitespaceAsSuffix: boolean;
  /** What decoding writes for the unknown piece. */
  readonly unkSurface: string;
}

export interface SentencePieceModelProto extends TrainerSpec {
  readonly pieces: readonly SentencePiece[];
  readonly normalizer: NormalizerSpec;
  /** Changes decoded text. */
  readonly denormalizer: NormalizerSpec | undefined;
}

/** @throws {SentencePieceFormatError} if the bytes are no such file, or SentencePiece would refuse it */
export function readModelProto(bytes: Uint8Array): SentencePieceModelProto {
  const pieces: SentencePiece[] = [];
  const specs = new Map<number, Uint8Array>();
  for (const { number, bytes: value } of readFields(bytes, "")) {
    if (number === 1) pieces.push(readPiece(value, child("pieces", pieces.length)));
    // A message that comes twice is merged, which is to say that its bytes go on.
    else specs.set(number, joined(specs.get(number), value));
  }
  const trainer = readTrainerSpec(joined(specs.get(2)));
  const normalizer = readNormalizerSpec(joined(specs.get(3)), "normalizer_spec");
  const denormalizer = specs.has(5) ? readNormalizerSpec(joined(specs.get(5)), "denormalizer_spec") : undefined;
  checkPieces(pieces, trainer.byteFallback);
  return { pieces, ...trainer, normalizer, denormalizer };
}

const NO_BYTES: Uint8Array = new Uint8Array(0);

function joined(first = NO_BYTES, second = NO_BYTES): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function checkPieces(pieces: readonly SentencePiece[], byteFallback: boolean): void {
  if (pieces.length === 0) throw new SentencePieceFormatError("pieces", "at least one piece", "none");
  const empty = pieces.findIndex(({ piece }) => piece === "");
  if (empty !== -1) throw new SentencePieceFormatError(child(child("pieces", empty), "piece"), "some text", "none");
  const fault = faultOf(pieces, byteFallback);
  if (fault === undefined) return;
  const path = fault.id === undefined ? "pieces" : child(child("pieces", fault.id), "piece");
  throw new SentencePieceFormatError(path, fault.expected, fault.got);
}

function readPiece(bytes: Uint8Array, path: string): SentencePiece {
  let piece = "";
  let score = 0;
  let type: PieceType | undefined = "normal";
  for (const field of readFields(bytes, path)) {
    if (field.number === 1) piece = asText(field, child(path, "piece"));
    else if (field.number === 2) score = asFloat(field, child(path, "score"));
    else if (field.number === 3) type = PIECE_TYPES[field.value - 1];
  }
  if (type === undefined) throw new SentencePieceFormatError(child(path, "type"), "a type from 1 to 6", "another");
  if (!Number.isFinite(score))
    throw new SentencePieceFormatError(child(path, "score"), "a finite number", String(score));
  return { piece, score, type };
}

function readTrainerSpec(bytes: Uint8Array): TrainerSpec {
  let modelType = 1;
  let byteFallback = false;
  let treatWhitespaceAsSuffix = false;
  let unkSurface = " ⁇ ";
  for (const field of readFields(bytes, "trainer_spec")) {
    if (field.number === 3) modelType = field.value;
    else if (field.number === 24) treatWhitespaceAsSuffix = field.value !== 0;
    else if (field.number === 35) byteFallback = field.value !== 0;
    else if (field.number === 44) unkSurface = asText(field, "trainer_spec.unk_surface");
  }
  const algorithm = ALGORITHMS[modelType - 1];
  if (algorithm === undefined) {
    const expected = "1 (unigram), 2 (BPE), 3 (word) or 4 (char)";
    throw new SentencePieceFormatError("trainer_spec.model_type", expected, String(modelType));
  }
  return { algorithm, byteFallback, treatWhitespaceAsSuffix, unkSurface };
}

function readNormalizerSpec(bytes: Uint8Array, path: string): NormalizerSpec {
  let precompiledCharsmap: Uint8Array = new Uint8Array(0);
  let addDummyPrefix = true;
  let removeExtraWhitespaces = true;
  let escapeWhitespaces = true;
  for (const field of readFields(bytes, path)) {
    if (field.number === 2) precompiledCharsmap = field.bytes;
    else if (field.number === 3) addDummyPrefix = field.value !== 0;
    else if (field.number === 4) removeExtraWhitespaces = field.value !== 0;
    else if (field.number === 5) escapeWhitespaces = field.value !== 0;
  }
  const charsmap = precompiledCharsmap.length === 0 ? undefined : Charsmap.read(precompiledCharsmap);
  if (typeof charsmap === "string") {
    throw new SentencePieceFormatError(child(path, "precompiled_charsmap"), "a compiled table", charsmap);
  }
  return { precompiledCharsmap, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces };
}
