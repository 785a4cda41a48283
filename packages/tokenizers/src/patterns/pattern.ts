/** What stages search a text for: a literal string, or a regular expression, whose search is limited in time. */
import { PatternError, TokenizerFormatError } from "../errors.ts";
import { asFields, asString, child, describe, type JsonObject } from "../json.ts";
import { LONGEST_TEXT } from "../text/aligned-text.ts";
import { Matcher } from "./matcher.ts";
import { UntranslatableError } from "./pattern-reader.ts";
import { whyTooLarge } from "./pattern-size.ts";
import { preparationCost, searchCost } from "./search-cost.ts";
import { TimeBudget } from "./time-budget.ts";
import { canStop, deadline, runWithin, TimeLimitError } from "./time-limit.ts";
import { translateRegex } from "./translate.ts";

/** A literal string, or a regular expression in the syntax of Oniguruma, as far as it can be translated. */
export type Pattern = { readonly String: string } | { readonly Regex: string };

/** @throws {TokenizerFormatError} naming the key path, and why a regular expression cannot be translated */
export function readPattern(value: unknown, path: string): Pattern {
  const fields = asFields(value, path);
  const literal = fields.get("String");
  if (literal !== undefined) return { String: asString(literal, child(path, "String")) };
  return { Regex: asRegex(fields.get("Regex"), child(path, "Regex")) };
}

export function patternJson(pattern: Pattern): JsonObject {
  return { ...pattern };
}

/**
 * Finds all matches of a pattern in limited time: 1 s, and 1 s more for each million characters, which Node enforces even
 * inside of a search. Elsewhere the clock is read between places of the text, and a text is refused of which one place alone
 * could take long. An empty string has no matches.
 */
export class PatternSearch {
  readonly #component: string;
  readonly #pattern: Pattern;
  readonly #matcher: Matcher;
  readonly #budget = new TimeBudget();
  /** Texts up to these lengths, in UTF-16 code units, can take no time that counts, or none that must be stopped. */
  readonly #longest: { readonly uncounted: number; readonly unstopped: number; readonly placeByPlace: number };

  /**
   * @param component the stage that searches, for errors
   * @throws {UntranslatableError | SyntaxError} if the regular expression means nothing in JavaScript
   */
  constructor(component: string, pattern: Pattern) {
    this.#component = component;
    this.#pattern = pattern;
    const source = sourceOf(pattern);
    this.#matcher = new Matcher(source);
    const placeCost = searchCost(source);
    const textCost = (length: number) => (length + 1) * placeCost(length);
    this.#longest = {
      uncounted: longestWithin(textCost, 2 ** 14),
      unstopped: longestWithin(textCost, 2 ** 27),
      placeByPlace: longestWithin(placeCost, 2 ** 26),
    };
  }

  /**
   * Start and end of each match, all in one list, in rising order.
   *
   * @throws {PatternError} if that needs too much time or memory
   */
  matches(text: string): readonly number[] {
    try {
      if (text.length <= this.#longest.uncounted) return this.#matcher.find(text);
      return this.#budget.spend(text.length, () => this.#findInTime(text));
    } catch (error) {
      const reason = whyTooMuch(error);
      if (reason === undefined) throw error;
      throw new PatternError(this.#component, patternText(this.#pattern), text.length, reason);
    }
  }

  #findInTime(text: string): number[] {
    if (text.length <= this.#longest.unstopped) return this.#matcher.find(text);
    const milliseconds = 1000 + Math.ceil(text.length / 1000);
    const check = deadline(milliseconds);
    const isPlaceShort = text.length <= this.#longest.placeByPlace;
    const matches: number[] = [];
    const at = isPlaceShort ? this.#matcher.findFollowing(text, matches, check) : 0;
    if (at > text.length) return matches;
    if (canStop()) runWithin(milliseconds, () => this.#matcher.findFrom(text, at, matches));
    else if (isPlaceShort) this.#matcher.findFromPlaceByPlace(text, at, matches, check);
    else throw new UnstoppableError();
    return matches;
  }
}

/** A search that may take long, where nothing could stop it. */
class UnstoppableError extends Error {
  override readonly name = "UnstoppableError";
}

/** The length of the longest text that a search takes up to so many steps for; infinite if all are that short. */
function longestWithin(cost: (length: number) => number, steps: number): number {
  let within = -1;
  let beyond = LONGEST_TEXT + 1;
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (cost(middle) <= steps) within = middle;
    else beyond = middle;
  }
  return within === LONGEST_TEXT ? Number.POSITIVE_INFINITY : within;
}

function sourceOf(pattern: Pattern): string {
  if ("Regex" in pattern) return preparable(translateRegex(pattern.Regex));
  return pattern.String === "" ? "(?!)" : escapeRegExp(pattern.String);
}

/** Some tenths of a second; engines take more than in proportion, and nothing stops them. */
const MOST_WAYS_TO_PREPARE = 2 ** 18;

/** @throws {UntranslatableError} if an engine would take long before its first search */
function preparable(source: string): string {
  const tooLarge = whyTooLarge(source);
  if (tooLarge !== undefined) throw new UntranslatableError(tooLarge);
  if (preparationCost(source) <= MOST_WAYS_TO_PREPARE) return source;
  throw new UntranslatableError(
    "too many of its parts in a row can match in several ways; leave fewer of them optional",
  );
}

/** The text as a pattern that matches it and nothing else. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Engines throw a RangeError when they run out of room for backtracking, and a SyntaxError for one that is too large. */
function whyTooMuch(error: unknown): string | undefined {
  if (error instanceof TimeLimitError) return error.message;
  if (error instanceof UnstoppableError) return "may take very long, and nothing could stop it here";
  return error instanceof RangeError || error instanceof SyntaxError ? "needs more memory than there is" : undefined;
}

function patternText(pattern: Pattern): string {
  return describe("Regex" in pattern ? pattern.Regex : pattern.String);
}

function asRegex(value: unknown, path: string): string {
  const source = asString(value, path);
  try {
    new RegExp(sourceOf({ Regex: source }), "v");
    return source;
  } catch (error) {
    const expected = `a regular expression that can be translated (${whyInvalid(error)})`;
    throw new TokenizerFormatError(path, expected, describe(value));
  }
}

/** Engines repeat the whole expression, as translated, before they say what is wrong with it. */
function whyInvalid(error: unknown): string {
  if (error instanceof RangeError) return "it is nested too deep";
  return error instanceof Error ? error.message.replace(/^Invalid regular expression: .*: /s, "") : String(error);
}
