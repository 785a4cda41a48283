/** Cuts at punctuation: ASCII symbols and Unicode category P, each character a match of its own. */
import type { JsonObject } from "../json.ts";
import { Matcher } from "../patterns/matcher.ts";
import { cutEach, type Pieces, type RangeCutter } from "../text/pieces.ts";
import { PUNCTUATION } from "../text/unicode.ts";
import { CharacterClasses, runCutter } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { matchCutter, type SplitBehavior } from "./split-by.ts";

const MARK = 1;
const REST = 2;
const CLASSES = new CharacterClasses([[MARK, new RegExp(`[${PUNCTUATION}]`, "u")]], REST);
const EACH_MARK = new Matcher(`[${PUNCTUATION}]`);

export class PunctuationPreTokenizer implements PreTokenizer {
  readonly #behavior: SplitBehavior;
  readonly #cut: RangeCutter;

  /** @param behavior what happens to punctuation. Default "Isolated": each character is a piece */
  constructor(behavior: SplitBehavior = "Isolated") {
    this.#behavior = behavior;
    this.#cut = cutterFor(behavior);
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, this.#cut);
  }

  toJson(): JsonObject {
    return { type: "Punctuation", behavior: this.#behavior };
  }
}

function cutterFor(behavior: SplitBehavior): RangeCutter {
  if (behavior === "Isolated") return runCutter(CLASSES, { single: MARK });
  return matchCutter((text) => EACH_MARK.find(text), behavior);
}
