/** Builds the encoding of a text from the tokens of its pieces. */
import type { ModelToken } from "../models/model.ts";
import type { Pieces } from "../text/pieces.ts";
import { Encoding, type EncodingColumns, type Offsets } from "./encoding.ts";

/** Pieces of a text and their tokens. */
export interface TokenizedPieces extends Pieces {
  /** The tokens of the piece of a number, with ranges in the piece; not asked for before the columns are. */
  readonly tokensOf: (piece: number) => readonly ModelToken[];
  /** How many pieces there are up to the end of each word, where the model has cut words. Default: each is a word. */
  readonly wordEnds?: readonly number[] | undefined;
}

/** Collects the tokens of a text. */
export class EncodingBuilder {
  /** The ids of all tokens so far. Callers append to it before they call `add`. */
  readonly ids: number[] = [];
  readonly #parts: TokenizedPieces[] = [];
  readonly #addedWords: number[] = [];
  #words = 0;

  /** The word ids of added tokens. */
  get addedWords(): ReadonlySet<number> {
    return new Set(this.#addedWords);
  }

  /**
   * Adds the tokens whose ids the caller has appended to `ids`.
   *
   * @param isAdded true for an added token that the text contains. Default false
   */
  add(part: TokenizedPieces, isAdded = false): void {
    if (isAdded) this.#addedWords.push(this.#words);
    this.#words += wordCountOf(part);
    this.#parts.push(part);
  }

  /** @param sequence 0, or 1 for the second text of a pair: its type and sequence id */
  build(sequence: 0 | 1): Encoding {
    return new Encoding(this.ids, () => this.#columns(sequence));
  }

  #columns(sequence: number): EncodingColumns {
    const tokens: string[] = [];
    const offsets: Offsets[] = [];
    const wordIds: number[] = [];
    let words = 0;
    for (const part of this.#parts) {
      const { source, ranges, tokensOf, wordEnds } = part;
      let word = 0;
      for (let piece = 0; 2 * piece < ranges.length; piece++) {
        if (piece === (wordEnds?.[word] ?? word + 1)) word++;
        const start = ranges[2 * piece] as number; // each piece has its range
        for (const token of tokensOf(piece)) {
          tokens.push(token.token);
          offsets.push(source.originalRange(start + token.start, start + token.end));
          wordIds.push(words + word);
        }
      }
      words += wordCountOf(part);
    }
    const repeat = (value: number) => new Array<number>(tokens.length).fill(value);
    return {
      tokens,
      offsets,
      wordIds,
      sequenceIds: repeat(sequence),
      typeIds: repeat(sequence),
      attentionMask: repeat(1),
      specialTokensMask: repeat(0),
    };
  }
}

function wordCountOf({ ranges, wordEnds }: TokenizedPieces): number {
  return wordEnds?.length ?? ranges.length / 2;
}
