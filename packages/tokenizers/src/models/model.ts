/** What a model is: it turns one piece of text into tokens of its vocabulary. */
import type { JsonObject } from "../json.ts";
import type { Vocabulary } from "../lookup/vocabulary.ts";
import type { RangeCutter } from "../text/pieces.ts";

/** A token inside a piece. */
export interface ModelToken {
  readonly id: number;
  readonly token: string;
  /** Half-open range `[start, end)` in UTF-16 code units of the piece. */
  readonly start: number;
  readonly end: number;
}

export interface Model {
  readonly vocabulary: Vocabulary;
  /** The token for what the vocabulary lacks; undefined if there is none. */
  readonly unkToken: string | undefined;
  /** True if equal pieces may have different tokens, as with dropout; then tokens are not cached. Default false. */
  readonly isRandom?: boolean;
  /**
   * Cuts one piece into tokens.
   *
   * @param piece one piece of the pre-tokenizer, not empty
   * @throws {UnknownTokenError} if the vocabulary lacks the piece and there is no unknown token
   */
  tokenize(piece: string): readonly ModelToken[];
  /** Appends the ids of the tokens of `tokenize`, faster than that. Default: by `tokenize`. */
  appendIds?(piece: string, ids: number[]): void;
  /**
   * Cuts a piece further where no token reaches over: the tokens of its parts are those of the piece, and can be looked up part
   * by part. Default: pieces are not cut.
   */
  readonly cut?: RangeCutter | undefined;
  /** The value of `model` in tokenizer.json. */
  toJson(): JsonObject;
}
