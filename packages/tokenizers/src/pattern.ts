/** What stages search a text for: a literal string, or a regular expression. */
import { TokenizerFormatError } from "./errors.ts";
import { asFields, asString, child, describe, type JsonObject } from "./json.ts";
import { translateRegex } from "./regex/translate.ts";

/** Regular expressions are those of Oniguruma, as far as they can be translated. */
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
 * An expression that finds all places of a pattern; an empty string has none.
 *
 * @throws {UntranslatableError | SyntaxError} if the regular expression means nothing in JavaScript
 */
export function globalRegExp(pattern: Pattern): RegExp {
  if ("Regex" in pattern) return new RegExp(translateRegex(pattern.Regex), "gv");
  return pattern.String === "" ? /(?!)/gu : new RegExp(escapeRegExp(pattern.String), "gu");
}

/** The text as a pattern that matches it and nothing else. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function asRegex(value: unknown, path: string): string {
  const source = asString(value, path);
  try {
    globalRegExp({ Regex: source });
    return source;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenizerFormatError(path, `a regular expression that can be translated (${reason})`, describe(value));
  }
}
