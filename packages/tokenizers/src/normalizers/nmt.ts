/** Removes control characters, and replaces some marks, separators and invisible characters with spaces. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";
import { replaceMatches } from "./replace-matches.ts";

const CONTROLS = "\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f\\x8f\\x9f";
const SPACES = "\\t\\n\\f\\r\\u1680\\u200b-\\u200f\\u2028\\u2029\\u2581\\ufeff\\ufffd";
const CONTROL_OR_SPACE = new RegExp(`[${CONTROLS}${SPACES}]`, "gu");
const SPACE = new RegExp(`[${SPACES}]`, "u");

export class NmtNormalizer implements Normalizer {
  normalize(text: AlignedText): AlignedText {
    return replaceMatches(text, CONTROL_OR_SPACE, (character) => (SPACE.test(character) ? " " : ""));
  }

  toJson(): JsonObject {
    return { type: "Nmt" };
  }
}
