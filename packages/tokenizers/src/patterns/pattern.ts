/** What stages search a text for: a literal string, or a regular expression, whose search is limited in time. */
import { PatternError, TokenizerFormatError } from "../errors.ts";
import { asFields, asString, child, describe, type JsonObject } from "../json.ts";
import { backtrackingExponent } from "./backtracking.ts";
import { runWithin, TimeLimitError } from "./time-limit.ts";
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

/** So many steps take a second or two. */
const STEPS_WITHOUT_LIMIT = 2 ** 30;

/**
 * Finds all matches of a pattern in limited time: 1 s, and 1 s more for each million characters. An empty string has
 * none.
 */
export class PatternSearch {
  readonly #component: string;
  readonly #pattern: Pattern;
  readonly #expression: RegExp;
  /** In UTF-16 code units; texts up to this length cannot take long. */
  readonly #lengthWithoutLimit: number;

  /**
   * @param component the stage that searches, for errors
   * @throws {UntranslatableError | SyntaxError} if the regular expression means nothing in JavaScript
   */
  constructor(component: string, pattern: Pattern) {
    this.#component = component;
    this.#pattern = pattern;
    this.#expression = globalRegExp(pattern);
    const exponent = "Regex" in pattern ? backtrackingExponent(this.#expression.source) : 1;
    this.#lengthWithoutLimit = exponent === 1 ? Number.POSITIVE_INFINITY : STEPS_WITHOUT_LIMIT ** (1 / exponent);
  }

  /**
   * Lets `search` use the expression, with the flag g, on a text.
   *
   * @throws {PatternError} if that needs too much time or memory; only Node can stop it by the time
   */
  in<T>(text: string, search: (expression: RegExp) => T): T {
    const run = () => search(this.#expression);
    const milliseconds = 1000 + Math.ceil(text.length / 1000);
    try {
      return text.length <= this.#lengthWithoutLimit ? run() : runWithin(milliseconds, run);
    } catch (error) {
      const reason = whyTooMuch(error, milliseconds);
      if (reason === undefined) throw error;
      throw new PatternError(this.#component, patternText(this.#pattern), text.length, reason);
    }
  }
}

function globalRegExp(pattern: Pattern): RegExp {
  if ("Regex" in pattern) return new RegExp(translateRegex(pattern.Regex), "gv");
  return pattern.String === "" ? /(?!)/gu : new RegExp(escapeRegExp(pattern.String), "gu");
}

/** The text as a pattern that matches it and nothing else. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Engines throw a RangeError when they run out of room for backtracking, and a SyntaxError for one that is too large. */
function whyTooMuch(error: unknown, milliseconds: number): string | undefined {
  if (error instanceof TimeLimitError) return `took longer than ${milliseconds / 1000} s`;
  return error instanceof RangeError || error instanceof SyntaxError ? "needs more memory than there is" : undefined;
}

function patternText(pattern: Pattern): string {
  return describe("Regex" in pattern ? pattern.Regex : pattern.String);
}

function asRegex(value: unknown, path: string): string {
  const source = asString(value, path);
  try {
    globalRegExp({ Regex: source });
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
