/** Replaces every match of a pattern with a text. */

import type { JsonObject } from "../json.ts";
import { escapeRegExp, type Pattern, PatternSearch, patternJson } from "../patterns/pattern.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";
import { replacePattern, replaceRanges } from "./replace-matches.ts";

export interface ReplaceOptions {
  readonly pattern: Pattern;
  /** The replacement, taken literally: `$1` is no group. */
  readonly content: string;
}

export class ReplaceNormalizer implements Normalizer {
  readonly #pattern: Pattern;
  readonly #content: string;
  readonly #search: PatternSearch;
  /** For a pattern of one code unit, if the content is one too. */
  readonly #swap: ((text: string) => string) | undefined;

  /** @throws {SyntaxError} if the regular expression means nothing in JavaScript */
  constructor({ pattern, content }: ReplaceOptions) {
    this.#pattern = pattern;
    this.#content = content;
    this.#search = new PatternSearch("Replace", replacePattern(pattern));
    if ("String" in pattern && isOneUnit(pattern.String) && isOneUnit(content)) {
      this.#swap = unitSwap(pattern.String, content);
    }
  }

  /** @throws {PatternError} if the search needs too much time or memory */
  normalize(text: AlignedText): AlignedText {
    if (this.#swap !== undefined) return text.withText(this.#swap(text.text)); // all places stay as they are
    return replaceRanges(text, this.#search.matches(text.text), this.#content);
  }

  toJson(): JsonObject {
    return { type: "Replace", pattern: patternJson(this.#pattern), content: this.#content };
  }
}

/** Texts up to this length are copied unit by unit, which takes two thirds of the time that a search does. */
const SCRATCH_LENGTH = 512;
const SCRATCH = new Uint16Array(SCRATCH_LENGTH);

/** Puts one code unit in the place of another, wherever that is. */
function unitSwap(from: string, to: string): (text: string) => string {
  const expression = new RegExp(escapeRegExp(from), "g"); // faster than a search for the string
  const [unit, replacement] = [from.charCodeAt(0), to.charCodeAt(0)];
  return (text) => {
    if (text.length > SCRATCH_LENGTH) return text.replace(expression, to); // a lone "$" is itself
    for (let at = 0; at < text.length; at++) {
      const each = text.charCodeAt(at);
      SCRATCH[at] = each === unit ? replacement : each;
    }
    return String.fromCharCode.apply(null, SCRATCH.subarray(0, text.length) as unknown as number[]);
  };
}

/** Half a surrogate pair is no character, and is not to be found inside of one. */
function isOneUnit(text: string): boolean {
  return text.length === 1 && text.isWellFormed();
}
