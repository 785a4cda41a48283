/** Cuts at digits: characters of the Unicode category N, ½, ² and ④ included. */
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces, type RangeCutter } from "../text/pieces.ts";
import { classBody } from "../text/unicode.ts";
import { NUMERIC } from "../text/unicode-tables.ts";
import { CharacterClasses, runCutter } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

const NUMBER = 1;
const REST = 2;
const CLASSES = new CharacterClasses([[NUMBER, new RegExp(`[${classBody(NUMERIC)}]`, "u")]], REST);

export class DigitsPreTokenizer implements PreTokenizer {
  readonly #individualDigits: boolean;
  readonly #cut: RangeCutter;

  /** @param individualDigits true: each digit is a piece; false: each run of digits. Default false */
  constructor(individualDigits = false) {
    this.#individualDigits = individualDigits;
    this.#cut = runCutter(CLASSES, { single: individualDigits ? NUMBER : 0 });
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, this.#cut);
  }

  toJson(): JsonObject {
    return { type: "Digits", individual_digits: this.#individualDigits };
  }
}
