/**
 * WordPiece: a word is cut greedily, from left to right, into the longest tokens of the vocabulary. Tokens that go on
 * inside a word carry a prefix, and a word with a part that no token covers is unknown as a whole.
 *
 * @see Devlin et al. 2019, arXiv:1810.04805, section 3, and Wu et al. 2016, arXiv:1609.08144, section 4.1
 */
import { TokenizerFormatError, UnknownTokenError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { TokenTrie } from "../../lookup/token-trie.ts";
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { Model, ModelToken } from "../model.ts";
import { wordPieceToJson } from "./serialization.ts";

export interface WordPieceOptions {
  readonly vocabulary: Vocabulary;
  /** The token for an unknown word, as a whole; the vocabulary may lack it. Default `[UNK]`. */
  readonly unkToken?: string;
  /** Prefix of the tokens that continue a word. Default `##`. */
  readonly continuingSubwordPrefix?: string;
  /** Words of more code points are unknown; integer >= 0. Default 100. */
  readonly maxInputCharsPerWord?: number;
}

export class WordPieceModel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unkToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
  readonly #unkId: number | undefined;
  readonly #starts: TokenTrie;
  /** The tokens that continue a word, without their prefix. */
  readonly #continuations: TokenTrie;

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
    this.#starts = new TokenTrie(vocabulary.tokens);
    const prefix = continuingSubwordPrefix;
    this.#continuations = new TokenTrie(
      vocabulary.tokens.map((token) => (token.startsWith(prefix) ? token.slice(prefix.length) : "")),
    );
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
      const token = this.#longestAt(word, start);
      if (token === undefined) return undefined;
      tokens.push(token);
      start = token.end;
    }
    return tokens;
  }

  /** The longest token that a word goes on with, or undefined. */
  #longestAt(word: string, start: number): ModelToken | undefined {
    const trie = start === 0 ? this.#starts : this.#continuations;
    let node: number = TokenTrie.ROOT;
    let place: number = TokenTrie.NONE;
    let end = start;
    for (let at = start; at < word.length; at++) {
      node = trie.step(node, word.charCodeAt(at));
      if (node === TokenTrie.NONE) break;
      if (trie.idAt(node) === TokenTrie.NONE) continue;
      place = trie.idAt(node);
      end = at + 1;
    }
    const token = this.vocabulary.tokens[place];
    if (token === undefined) return undefined;
    return { id: this.vocabulary.tokenToId(token) ?? place, token, start, end };
  }

  #unknown(word: string): ModelToken {
    if (this.#unkId === undefined) throw new UnknownTokenError(word);
    return { id: this.#unkId, token: this.unkToken, start: 0, end: word.length };
  }
}

function hasMoreCodePoints(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let count = 0;
  for (const _ of text) count++;
  return count > limit;
}
