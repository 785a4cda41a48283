/** The model of word and character tokenizers: a piece is a token if the vocabulary has it, else unknown. */
import { UnknownTokenError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { Model, ModelToken } from "../model.ts";
import { wordLevelToJson } from "./serialization.ts";

export interface WordLevelOptions {
  /** Leave out what is unknown, as Keras does, where there is no unknown token. Default false: it is an error. */
  readonly dropsUnknown?: boolean;
}

export class WordLevelModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string | undefined;
  readonly dropsUnknown: boolean;
  readonly #unkId: number | undefined;

  /** @param unkToken the token for all pieces that the vocabulary lacks; the vocabulary may lack it too. Default none */
  constructor(vocabulary: Vocabulary, unkToken?: string, { dropsUnknown = false }: WordLevelOptions = {}) {
    this.vocabulary = vocabulary;
    this.unkToken = unkToken;
    this.dropsUnknown = dropsUnknown;
    this.#unkId = unkToken === undefined ? undefined : vocabulary.tokenToId(unkToken);
  }

  tokenize(piece: string): readonly ModelToken[] {
    const id = this.vocabulary.tokenToId(piece);
    if (id !== undefined) return [{ id, token: piece, start: 0, end: piece.length }];
    if (this.#unkId === undefined || this.unkToken === undefined) {
      if (this.dropsUnknown) return [];
      throw new UnknownTokenError(piece);
    }
    return [{ id: this.#unkId, token: this.unkToken, start: 0, end: piece.length }];
  }

  toJson(): JsonObject {
    return wordLevelToJson(this);
  }
}
