/**
 * WordPiece: a word is cut greedily, from left to right, into the longest tokens of the vocabulary. Tokens that go on
 * inside a word carry a prefix, and a word with a part that no token covers is unknown as a whole.
 *
 * @see Devlin et al. 2019, arXiv:1810.04805, section 3, and Wu et al. 2016, arXiv:1609.08144, section 4.1
 */
import { TokenizerFormatError, UnknownTokenError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Vocabulary } from "../../vocabulary.ts";
import type { Model, ModelToken } from "../model.ts";
import { wordPieceToJson } from "./serialization.ts";

export interface WordPieceOptions {
  readonly vocabulary: Vocabulary;
  /** Stands for a whole word; may itself be missing from the vocabulary. Default `[UNK]`. */
  readonly unkToken?: string;
  /** What tokens begin with that continue a word. Default `##`. */
  readonly continuingSubwordPrefix?: string;
  /** Longer words are unknown, in code points, integer >= 0. Default 100. */
  readonly maxInputCharsPerWord?: number;
}

export class WordPieceModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
  readonly #unkId: number | undefined;
  readonly #starts: TokenTable;
  readonly #continuations: TokenTable;

  /** @throws {TokenizerFormatError} if `maxInputCharsPerWord` is not an integer from 0 */
  constructor({
    vocabulary,
    unkToken = "[UNK]",
    continuingSubwordPrefix = "##",
    maxInputCharsPerWord = 100,
  }: WordPieceOptions) {
    if (!Number.isInteger(maxInputCharsPerWord) || maxInputCharsPerWord < 0) {
      const got = String(maxInputCharsPerWord);
      throw new TokenizerFormatError("model.max_input_chars_per_word", "an integer >= 0", got);
    }
    this.vocabulary = vocabulary;
    this.unkToken = unkToken;
    this.continuingSubwordPrefix = continuingSubwordPrefix;
    this.maxInputCharsPerWord = maxInputCharsPerWord;
    this.#unkId = vocabulary.tokenToId(unkToken);
    this.#starts = new TokenTable(vocabulary, "");
    this.#continuations = new TokenTable(vocabulary, continuingSubwordPrefix);
  }

  tokenize(piece: string): readonly ModelToken[] {
    return this.#cut(piece) ?? [this.#unknown(piece)];
  }

  toJson(): JsonObject {
    return wordPieceToJson(this);
  }

  /** The tokens of a word, or undefined if it is too long or a part of it is unknown. */
  #cut(word: string): ModelToken[] | undefined {
    if (hasMoreCodePoints(word, this.maxInputCharsPerWord)) return undefined;
    const tokens: ModelToken[] = [];
    for (let start = 0; start < word.length; ) {
      const length = (start === 0 ? this.#starts : this.#continuations).longestMatch(word, start);
      if (length === 0) return undefined;
      const end = start + length;
      const token = `${start === 0 ? "" : this.continuingSubwordPrefix}${word.slice(start, end)}`;
      tokens.push({ id: this.vocabulary.tokenToId(token) ?? 0, token, start, end }); // the match says that it is there
      start = end;
    }
    return tokens;
  }

  #unknown(word: string): ModelToken {
    if (this.#unkId === undefined) throw new UnknownTokenError(word);
    return { id: this.#unkId, token: this.unkToken, start: 0, end: word.length };
  }
}

/** The tokens with a prefix, without it, to find the longest that a text goes on with. */
class TokenTable {
  readonly #tokens = new Set<string>();
  /** The lengths that tokens have, longest first, so that a text of any length takes few looks. */
  readonly #lengths: readonly number[];

  constructor(vocabulary: Vocabulary, prefix: string) {
    for (const token of vocabulary.tokens) {
      if (token.startsWith(prefix) && token.length > prefix.length) this.#tokens.add(token.slice(prefix.length));
    }
    this.#lengths = [...new Set(Array.from(this.#tokens, (token) => token.length))].sort((a, b) => b - a);
  }

  /** Length of the longest token that stands at `start`, in UTF-16 code units; 0 if none does. */
  longestMatch(text: string, start: number): number {
    for (const length of this.#lengths) {
      if (start + length <= text.length && this.#tokens.has(text.slice(start, start + length))) return length;
    }
    return 0;
  }
}

function hasMoreCodePoints(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let count = 0;
  for (const _ of text) count++;
  return count > limit;
}
