/** Removes combining marks. Letters that carry their accent inside, such as "é", need the form NFD before it. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { classBody } from "../unicode.ts";
import { COMBINING_MARKS } from "../unicode-tables.ts";
import type { Normalizer } from "./normalizer.ts";
import { replaceMatches } from "./replace-matches.ts";

const MARK = new RegExp(`[${classBody(COMBINING_MARKS)}]`, "gu");

export class StripAccentsNormalizer implements Normalizer {
  normalize(text: AlignedText): AlignedText {
    return replaceMatches(text, MARK, () => "");
  }

  toJson(): JsonObject {
    return { type: "StripAccents" };
  }
}
