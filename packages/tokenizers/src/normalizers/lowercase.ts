/** Lowercases each character by itself: without context (a final sigma becomes σ) and without a locale. */

import type { JsonObject } from "../json.ts";
import { type AlignedText, AlignedTextBuilder } from "../text/aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";

/** Σ, the only letter whose lower case looks at its neighbours, and İ, the only one whose lower case is longer. */
const NEEDS_CARE = /[\u0130\u03a3]/;

export class LowercaseNormalizer implements Normalizer {
  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    if (!NEEDS_CARE.test(text)) {
      const lower = text.toLowerCase();
      if (lower === text) return source;
      if (lower.length === text.length) return source.withText(lower);
    }
    const builder = new AlignedTextBuilder(source);
    let start = 0;
    for (const character of text) {
      builder.replace(character.toLowerCase(), start, start + character.length);
      start += character.length;
    }
    return builder.build();
  }

  toJson(): JsonObject {
    return { type: "Lowercase" };
  }
}
