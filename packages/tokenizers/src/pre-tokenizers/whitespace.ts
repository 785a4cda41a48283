/** The pre-tokenizers that cut at white space, each with its own idea of punctuation; all drop the white space. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { PUNCTUATION, WHITE_SPACE, WORD } from "../unicode.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { findSpans, splitBySpans } from "./split-by.ts";

const WORD_OR_SYMBOLS = new RegExp(`[${WORD}]+|[^${WORD}${WHITE_SPACE}]+`, "gu");
const NOT_SPACE = new RegExp(`[^${WHITE_SPACE}]+`, "gu");
const WORD_OR_PUNCTUATION = new RegExp(`[${PUNCTUATION}]|[^${PUNCTUATION}${WHITE_SPACE}]+`, "gu");

/** Runs of word characters and runs of other visible characters: `\w+|[^\w\s]+` in Unicode's sense. */
export class WhitespacePreTokenizer implements PreTokenizer {
  split(text: AlignedText): AlignedText[] {
    return matches(text, WORD_OR_SYMBOLS);
  }

  toJson(): JsonObject {
    return { type: "Whitespace" };
  }
}

/** Whatever stands between white space. */
export class WhitespaceSplitPreTokenizer implements PreTokenizer {
  split(text: AlignedText): AlignedText[] {
    return matches(text, NOT_SPACE);
  }

  toJson(): JsonObject {
    return { type: "WhitespaceSplit" };
  }
}

/** White space cuts, and each punctuation character is a piece of its own. */
export class BertPreTokenizer implements PreTokenizer {
  split(text: AlignedText): AlignedText[] {
    return matches(text, WORD_OR_PUNCTUATION);
  }

  toJson(): JsonObject {
    return { type: "BertPreTokenizer" };
  }
}

function matches(text: AlignedText, pattern: RegExp): AlignedText[] {
  return splitBySpans(text, findSpans(text.text, pattern, true), "Removed");
}
