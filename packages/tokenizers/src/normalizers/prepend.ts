/** Puts a prefix before a text that is not empty; it shares the place of the first character. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { codePointLength } from "../unicode.ts";
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
