/** Cuts at one character, which is dropped. */
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces, type RangeCutter } from "../text/pieces.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { literalFinder, matchCutter } from "./split-by.ts";

export class CharDelimiterSplitPreTokenizer implements PreTokenizer {
  readonly #delimiter: string;
  readonly #cut: RangeCutter;

  /** @param delimiter one code point */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#cut = matchCutter(literalFinder(delimiter), "Removed");
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, this.#cut);
  }

  toJson(): JsonObject {
    return { type: "CharDelimiterSplit", delimiter: this.#delimiter };
  }
}
