/** Cuts at a literal string or at matches of a regular expression. */
import { UnsupportedRuntimeError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { type Pattern, PatternSearch, patternJson } from "../patterns/pattern.ts";
import { cutEach, type Pieces, type RangeCutter } from "../text/pieces.ts";
import { nextIndex } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";
import { SCANNERS } from "./scanners/known-patterns.ts";
import { literalCutter, literalFinder, type MatchFinder, matchCutter, type SplitBehavior } from "./split-by.ts";

/** Any one code point; a dot would leave out line breaks. */
export const ANY_CODE_POINT = "[\\s\\S]";

/** Any one grapheme cluster: what a reader sees as one character. */
export const ANY_GRAPHEME = "\\X";

export interface SplitOptions {
  readonly pattern: Pattern;
  /** What happens to a match. Default "Isolated": it is a piece. */
  readonly behavior?: SplitBehavior;
  /** Swap matches and what is between them. Default false. */
  readonly invert?: boolean;
}

export class SplitPreTokenizer implements PreTokenizer {
  readonly #pattern: Pattern;
  readonly #behavior: SplitBehavior;
  readonly #invert: boolean;
  readonly #cut: RangeCutter;

  /** @throws {SyntaxError} if the regular expression means nothing in JavaScript */
  constructor({ pattern, behavior = "Isolated", invert = false }: SplitOptions) {
    this.#pattern = pattern;
    this.#behavior = behavior;
    this.#invert = invert;
    this.#cut = knownCutter(pattern, behavior, invert) ?? matchCutter(finderOf(pattern), behavior, invert);
  }

  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, this.#cut);
  }

  toJson(): JsonObject {
    return { type: "Split", pattern: patternJson(this.#pattern), behavior: this.#behavior, invert: this.#invert };
  }
}

/**
 * A cutter for a plain string, or a scanner for a well-known pattern that matches everything and whose matches are the
 * pieces.
 */
function knownCutter(pattern: Pattern, behavior: SplitBehavior, invert: boolean): RangeCutter | undefined {
  if ("String" in pattern && pattern.String !== "" && behavior === "MergedWithNext" && !invert) {
    return literalCutter(pattern.String);
  }
  const keepsMatches = behavior === "Isolated" || (behavior === "Removed" && invert);
  return keepsMatches && "Regex" in pattern ? SCANNERS.get(pattern.Regex) : undefined;
}

function finderOf(pattern: Pattern): MatchFinder {
  if ("String" in pattern) return pattern.String === "" ? emptyMatches : literalFinder(pattern.String);
  if (pattern.Regex === ANY_CODE_POINT) return codePoints;
  if (pattern.Regex === ANY_GRAPHEME) return graphemeFinder();
  const search = new PatternSearch("Split", pattern);
  return (text) => search.matches(text);
}

/** Before, between and behind all code points. */
function emptyMatches(text: string): number[] {
  const matches = [0, 0];
  for (let at = 0; at < text.length; matches.push(at, at)) at = nextIndex(text, at);
  return matches;
}

function codePoints(text: string): number[] {
  const matches: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = nextIndex(text, at);
    matches.push(at, end);
    at = end;
  }
  return matches;
}

function graphemeFinder(): MatchFinder {
  if (typeof Intl.Segmenter !== "function") {
    throw new UnsupportedRuntimeError("Split: grapheme clusters need Intl.Segmenter; use code points instead");
  }
  const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" }); // clusters do not depend on the locale
  return (text) => Array.from(segmenter.segment(text)).flatMap(({ index, segment }) => [index, index + segment.length]);
}
