/** Cuts after every so many code points. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

export class FixedLengthPreTokenizer implements PreTokenizer {
  readonly #length: number;

  /**
   * @param length code points of a piece, of which only the last may have fewer. Default 5
   * @throws {RangeError} if it is not a positive integer
   */
  constructor(length = 5) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(`FixedLength: expected a length of at least 1, got ${length}`);
    }
    this.#length = length;
  }

  split(text: AlignedText): AlignedText[] {
    const pieces: AlignedText[] = [];
    let start = 0;
    let end = 0;
    let count = 0;
    for (const character of text.text) {
      end += character.length;
      count++;
      if (count % this.#length !== 0 && end < text.text.length) continue;
      pieces.push(text.slice(start, end));
      start = end;
    }
    return pieces;
  }

  toJson(): JsonObject {
    return { type: "FixedLength", length: this.#length };
  }
}
