/** Cuts into pieces of a fixed number of code points. */
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces } from "../text/pieces.ts";
import { nextIndex } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

export class FixedLengthPreTokenizer implements PreTokenizer {
  readonly #length: number;

  /**
   * @param length code points in a piece, integer >= 1; the last piece may have fewer. Default 5
   * @throws {RangeError} if it is not a positive integer
   */
  constructor(length = 5) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(`FixedLength: expected a length of at least 1, got ${length}`);
    }
    this.#length = length;
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, (text, start, end, ranges) => {
      for (let from = start; from < end; ) {
        let to = from;
        for (let count = 0; count < this.#length && to < end; count++) to = nextIndex(text, to);
        ranges.push(from, to);
        from = to;
      }
    });
  }

  toJson(): JsonObject {
    return { type: "FixedLength", length: this.#length };
  }
}
