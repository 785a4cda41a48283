/** Cuts at one character, which is dropped. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { escapeRegExp } from "../pattern.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { findSpans, splitBySpans } from "./split-by.ts";

export class CharDelimiterSplitPreTokenizer implements PreTokenizer {
  readonly #delimiter: string;
  readonly #expression: RegExp;

  /** @param delimiter one code point */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#expression = new RegExp(escapeRegExp(delimiter), "gu");
  }

  split(text: AlignedText): AlignedText[] {
    return splitBySpans(text, findSpans(text.text, this.#expression), "Removed");
  }

  toJson(): JsonObject {
    return { type: "CharDelimiterSplit", delimiter: this.#delimiter };
  }
}
