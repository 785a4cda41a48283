/** Removes white space at the ends of a text. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { WHITE_SPACE } from "../text/unicode.ts";
import type { Normalizer } from "./normalizer.ts";

const SPACE = new RegExp(`^[${WHITE_SPACE}]$`, "u"); // all white space lies in the basic plane: one code unit each

export interface StripOptions {
  /** Remove it at the start. Default true. */
  readonly left?: boolean;
  /** Remove it at the end. Default true. */
  readonly right?: boolean;
}

export class StripNormalizer implements Normalizer {
  readonly #left: boolean;
  readonly #right: boolean;

  constructor({ left = true, right = true }: StripOptions = {}) {
    this.#left = left;
    this.#right = right;
  }

  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    let start = 0;
    let end = text.length;
    if (this.#left) while (start < end && SPACE.test(text.charAt(start))) start++;
    if (this.#right) while (end > start && SPACE.test(text.charAt(end - 1))) end--;
    return source.slice(start, end);
  }

  toJson(): JsonObject {
    return { type: "Strip", strip_left: this.#left, strip_right: this.#right };
  }
}
