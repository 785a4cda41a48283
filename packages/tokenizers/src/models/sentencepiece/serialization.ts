/**
 * The model of a SentencePiece file as it stands in our tokenizer.json: `vocab` lists pieces with their scores, and with
 * their types where those are not "normal". Hugging Face's library does not have it.
 */
import { TokenizerFormatError } from "../../errors.ts";
import {
  asArray,
  asBoolean,
  asChoice,
  asString,
  child,
  describe,
  type JsonFields,
  type JsonObject,
  optional,
} from "../../json.ts";
import type { SentencePieceModel, SentencePieceOptions } from "./model.ts";
import { PIECE_TYPES, type SentencePiece } from "./pieces.ts";
import { ALGORITHMS } from "./segmenter.ts";

/** @throws {TokenizerFormatError} naming the key path of what is wrong */
export function readSentencePieceOptions(fields: JsonFields, path: string): SentencePieceOptions {
  const at = child(path, "vocab");
  const pieces = asArray(fields.get("vocab"), at).map((entry, index) => readPiece(entry, child(at, index)));
  const byteFallback = optional(fields, "byte_fallback", path, asBoolean, false);
  return { algorithm: asChoice(fields.get("algorithm"), ALGORITHMS, child(path, "algorithm")), pieces, byteFallback };
}

function readPiece(value: unknown, path: string): SentencePiece {
  const [text, score, type = "normal", ...rest] = asArray(value, path);
  if (rest.length > 0) throw new TokenizerFormatError(path, "a piece, its score and its type", describe(value));
  const piece = asString(text, child(path, 0));
  if (piece === "") throw new TokenizerFormatError(child(path, 0), "some text", "none");
  if (typeof score !== "number" || !Number.isFinite(score)) {
    throw new TokenizerFormatError(child(path, 1), "a finite number", describe(score));
  }
  return { piece, score, type: asChoice(type, PIECE_TYPES, child(path, 2)) };
}

export function sentencePieceToJson({ algorithm, pieces, byteFallback }: SentencePieceModel): JsonObject {
  return {
    type: "SentencePiece",
    algorithm,
    byte_fallback: byteFallback,
    vocab: pieces.map(({ piece, score, type }) => (type === "normal" ? [piece, score] : [piece, score, type])),
  };
}
