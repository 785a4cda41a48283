/** Removes combining marks. Letters that carry their accent inside, such as "é", need the form NFD before it. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { Normalizer } from "./normalizer.ts";
import { replaceMatches } from "./replace-matches.ts";

const MARK = /\p{M}/gu;

export class StripAccentsNormalizer implements Normalizer {
  normalize(text: AlignedText): AlignedText {
    return replaceMatches(text, MARK, () => "");
  }

  toJson(): JsonObject {
    return { type: "StripAccents" };
  }
}
