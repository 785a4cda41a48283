/** Cuts numbers out: characters of the Unicode category N, which has ½, ² and ④ too. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { findSpans, splitBySpans } from "./split-by.ts";

const NUMERIC = /\p{N}/gu;

export class DigitsPreTokenizer implements PreTokenizer {
  readonly #individualDigits: boolean;

  /** @param individualDigits each digit is a piece of its own. Default false: a run of digits is one piece */
  constructor(individualDigits = false) {
    this.#individualDigits = individualDigits;
  }

  split(text: AlignedText): AlignedText[] {
    return splitBySpans(text, findSpans(text.text, NUMERIC), this.#individualDigits ? "Isolated" : "Contiguous");
  }

  toJson(): JsonObject {
    return { type: "Digits", individual_digits: this.#individualDigits };
  }
}
