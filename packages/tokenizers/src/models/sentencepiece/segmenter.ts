/** What SentencePiece calls a model: it cuts a normalized text into pieces. */
import { PrefixMatcher } from "../../lookup/prefix-matcher.ts";
import { codePointLength } from "../../text/unicode.ts";
import type { Cut } from "../unigram/best-cut.ts";
import type { SentencePieces } from "./pieces.ts";

/** In the order of their numbers in a `.model` file, which start at 1. */
export const ALGORITHMS = ["unigram", "bpe", "word", "char"] as const;
export type SentencePieceAlgorithm = (typeof ALGORITHMS)[number];

export interface Segmenter {
  /** Cuts a text, not empty. What is unknown has the unknown id, in as many parts as the algorithm leaves it. */
  cut(text: string): Cut;
}

/** Where each character of a text ends, a user-defined symbol counting as one. */
export function endsOfCharacters(text: string, symbols: PrefixMatcher): number[] {
  const ends: number[] = [];
  for (let start = 0; start < text.length; ) {
    const end = symbols.endOfMatch(text, start);
    start = end > start ? end : start + codePointLength(text, start);
    ends.push(start);
  }
  return ends;
}

/** The ids of the parts of a text that end at `ends`. */
export function cutAt(text: string, ends: readonly number[], pieces: SentencePieces): Cut {
  const ids = ends.map((end, index) => pieces.idOfPart(text.slice(ends[index - 1] ?? 0, end)));
  return { ids, ends };
}

/** Each character is a piece. */
export class CharSegmenter implements Segmenter {
  readonly #pieces: SentencePieces;
  readonly #symbols: PrefixMatcher;

  constructor(pieces: SentencePieces) {
    this.#pieces = pieces;
    this.#symbols = new PrefixMatcher(pieces.ofType("user_defined"));
  }

  cut(text: string): Cut {
    return cutAt(text, endsOfCharacters(text, this.#symbols), this.#pieces);
  }
}

const MARK = "▁";

/** Each word is a piece, with the "▁" before it; of several "▁" each but the last is a word of its own. */
export class WordSegmenter implements Segmenter {
  readonly #pieces: SentencePieces;

  constructor(pieces: SentencePieces) {
    this.#pieces = pieces;
  }

  cut(text: string): Cut {
    const ends: number[] = [];
    for (let at = text.indexOf(MARK, 1); at !== -1; at = text.indexOf(MARK, at + 1)) ends.push(at);
    ends.push(text.length);
    return cutAt(text, ends, this.#pieces);
  }
}
