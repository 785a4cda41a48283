/** Removes combining marks. Put NFD before it, which decomposes letters such as "é" into a letter and a mark. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { classBody } from "../text/unicode.ts";
import { COMBINING_MARKS } from "../text/unicode-tables.ts";
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
