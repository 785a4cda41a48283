/** Builds the encoding of a text from the tokens of its pieces. */
import type { ModelToken } from "../models/model.ts";
import type { Pieces } from "../text/pieces.ts";
import { Encoding, type EncodingColumns, type Offsets } from "./encoding.ts";

/** Pieces of a text and their tokens. */
interface TokenizedPieces extends Pieces {
  /** The tokens of each piece, with ranges in the piece. */
  readonly tokens: readonly (readonly ModelToken[])[];
  /** The word of each piece, counted from 0, where the model has cut words. Default: each piece is a word of its own. */
  readonly words?: readonly number[] | undefined;
}

/** Collects the tokens of a text. */
export class EncodingBuilder {
  /** The ids of all tokens so far. Callers append to it before they call `add`. */
  readonly ids: number[] = [];
  readonly #parts: TokenizedPieces[] = [];
  readonly #addedWords = new Set<number>();
  #words = 0;

  /** The word ids of added tokens. */
  get addedWords(): ReadonlySet<number> {
    return this.#addedWords;
  }

  /**
   * Adds the tokens whose ids the caller has appended to `ids`.
   *
   * @param isAdded true for an added token that the text contains. Default false
   */
  add(part: TokenizedPieces, isAdded = false): void {
    if (isAdded) this.#addedWords.add(this.#words);
    this.#words += wordOf(part, part.tokens.length - 1) + 1;
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
      const { source, ranges, tokens: tokensOfPieces } = part;
      for (let index = 0; index < tokensOfPieces.length; index++) {
        const start = ranges[2 * index] as number; // each piece has its range and tokens
        for (const token of tokensOfPieces[index] as readonly ModelToken[]) {
          tokens.push(token.token);
          offsets.push(source.originalRange(start + token.start, start + token.end));
          wordIds.push(words + wordOf(part, index));
        }
      }
      words += wordOf(part, tokensOfPieces.length - 1) + 1;
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

/** The word of a piece among those of its part; -1 before the first. */
function wordOf({ words }: TokenizedPieces, piece: number): number {
  return words?.[piece] ?? piece;
}
