/** Cuts at punctuation: ASCII symbols and Unicode category P, each character a match of its own. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { PUNCTUATION } from "../unicode.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { findSpans, type SplitBehavior, splitBySpans } from "./split-by.ts";

const MARK = new RegExp(`[${PUNCTUATION}]`, "gu");

export class PunctuationPreTokenizer implements PreTokenizer {
  readonly #behavior: SplitBehavior;

  /** @param behavior what becomes of the punctuation. Default "Isolated": pieces of their own */
  constructor(behavior: SplitBehavior = "Isolated") {
    this.#behavior = behavior;
  }

  split(text: AlignedText): AlignedText[] {
    return splitBySpans(text, findSpans(text.text, MARK), this.#behavior);
  }

  toJson(): JsonObject {
    return { type: "Punctuation", behavior: this.#behavior };
  }
}
