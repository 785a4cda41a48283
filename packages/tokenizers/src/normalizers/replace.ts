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
  /** Finds a pattern of one code unit, if the content is one too: faster than `replaceAll` with strings. */
  readonly #unit: RegExp | undefined;

  /** @throws {SyntaxError} if the regular expression means nothing in JavaScript */
  constructor({ pattern, content }: ReplaceOptions) {
    this.#pattern = pattern;
    this.#content = content;
    this.#search = new PatternSearch("Replace", replacePattern(pattern));
    if ("String" in pattern && isOneUnit(pattern.String) && isOneUnit(content)) {
      this.#unit = new RegExp(escapeRegExp(pattern.String), "g");
    }
  }

  /** @throws {PatternError} if the search needs too much time or memory */
  normalize(text: AlignedText): AlignedText {
    // One unit for another leaves all places as they are. A lone "$" in the content is itself.
    if (this.#unit !== undefined) return text.withText(text.text.replace(this.#unit, this.#content));
    return replaceRanges(text, this.#search.matches(text.text), this.#content);
  }

  toJson(): JsonObject {
    return { type: "Replace", pattern: patternJson(this.#pattern), content: this.#content };
  }
}

/** Half a surrogate pair is no character, and is not to be found inside of one. */
function isOneUnit(text: string): boolean {
  return text.length === 1 && text.isWellFormed();
}
