/** Adds a prefix to every text that is not empty; its offsets are those of the first character. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { codePointLength } from "../text/unicode.ts";
import type { Normalizer } from "./normalizer.ts";

export class PrependNormalizer implements Normalizer {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  normalize(source: AlignedText): AlignedText {
    if (source.text === "") return source;
    return source.prepend(this.#prefix, codePointLength(source.text, 0));
  }

  toJson(): JsonObject {
    return { type: "Prepend", prepend: this.#prefix };
  }
}
