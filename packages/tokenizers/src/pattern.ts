/** What stages search a text for: a literal string, or a regular expression that means the same here and in Oniguruma. */
import { TokenizerFormatError } from "./errors.ts";
import { asFields, asString, child, describe, type JsonObject } from "./json.ts";

/** Regular expressions are those of JavaScript with the flag u. */
export type Pattern = { readonly String: string } | { readonly Regex: string };

/** @throws {TokenizerFormatError} naming the key path, for a regular expression that JavaScript does not understand */
export function readPattern(value: unknown, path: string): Pattern {
  const fields = asFields(value, path);
  const literal = fields.get("String");
  if (literal !== undefined) return { String: asString(literal, child(path, "String")) };
  return { Regex: asRegex(fields.get("Regex"), child(path, "Regex")) };
}

export function patternJson(pattern: Pattern): JsonObject {
  return { ...pattern };
}

/** An expression that finds all places of a pattern; an empty string has none. */
export function globalRegExp(pattern: Pattern): RegExp {
  if ("String" in pattern && pattern.String === "") return /(?!)/gu;
  return new RegExp("String" in pattern ? escapeRegExp(pattern.String) : pattern.Regex, "gu");
}

/** The text as a pattern that matches it and nothing else. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function asRegex(value: unknown, path: string): string {
  const source = asString(value, path);
  try {
    new RegExp(source, "gu");
    return source;
  } catch {
    throw new TokenizerFormatError(path, "a regular expression that JavaScript understands", describe(value));
  }
}
