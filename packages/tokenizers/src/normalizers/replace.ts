/** Replaces every match of a pattern with a text. */

import type { JsonObject } from "../json.ts";
import { type Pattern, PatternSearch, patternJson } from "../patterns/pattern.ts";
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
  /** A pattern of one code unit, if the content is one too. */
  readonly #unit: string | undefined;

  /** @throws {SyntaxError} if the regular expression means nothing in JavaScript */
  constructor({ pattern, content }: ReplaceOptions) {
    this.#pattern = pattern;
    this.#content = content;
    this.#search = new PatternSearch("Replace", replacePattern(pattern));
    this.#unit = "String" in pattern && isOneUnit(pattern.String) && isOneUnit(content) ? pattern.String : undefined;
  }

  /** @throws {PatternError} if the search needs too much time or memory */
  normalize(text: AlignedText): AlignedText {
    // One unit for another leaves all places as they are. A lone "$" in the content is itself.
    if (this.#unit !== undefined) return text.withText(text.text.replaceAll(this.#unit, this.#content));
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
