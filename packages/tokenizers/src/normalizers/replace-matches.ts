/** Replaces what a pattern matches, the step that most normalizers are made of. */

import type { Pattern } from "../patterns/pattern.ts";
import { nextIndex } from "../pre-tokenizers/character-classes.ts";
import { type AlignedText, AlignedTextBuilder } from "../text/aligned-text.ts";

/**
 * The text with each match replaced. As in Hugging Face's library, a replacement stands where the last code point of its
 * match does; one for an empty match, where the code point before it does. An empty text stays empty.
 *
 * @param pattern with the flags g and u; an empty match right behind another match does not count
 */
export function replaceMatches(
  source: AlignedText,
  pattern: RegExp,
  replacement: (match: string) => string,
): AlignedText {
  const { text } = source;
  if (text === "") return source;
  let builder: AlignedTextBuilder | undefined;
  let last = 0;
  pattern.lastIndex = 0; // matchAll would copy the expression, which for large classes takes longer than the search
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const { 0: match, index } = found;
    if (match === "") pattern.lastIndex = nextIndex(text, index);
    if (match === "" && index === last && builder !== undefined) continue;
    builder ??= new AlignedTextBuilder(source);
    builder.copy(last, index);
    last = index + match.length;
    builder.replaceLast(replacement(match), last);
  }
  return builder === undefined ? source : builder.copy(last, text.length).build();
}

/** The same with one replacement for all matches, of which starts and ends are known. */
export function replaceRanges(source: AlignedText, matches: readonly number[], replacement: string): AlignedText {
  const { text } = source;
  if (text === "" || matches.length === 0) return source;
  const builder = new AlignedTextBuilder(source);
  let last = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const start = matches[i] as number; // matches come in pairs
    const end = matches[i + 1] as number;
    if (start === end && end === last && i > 0) continue;
    builder.copy(last, start).replaceLast(replacement, end);
    last = end;
  }
  return builder.copy(last, text.length).build();
}

/** The same of a text without places, not empty. */
export function replaceInText(text: string, matches: readonly number[], replacement: string): string {
  const parts: string[] = [];
  let last = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const start = matches[i] as number;
    const end = matches[i + 1] as number;
    if (start === end && end === last && i > 0) continue;
    parts.push(text.slice(last, start), replacement);
    last = end;
  }
  return parts.join("") + text.slice(last);
}

/** What is searched for: an empty string is found before, between and behind all code points. */
export function replacePattern(pattern: Pattern): Pattern {
  return "String" in pattern && pattern.String === "" ? { Regex: "" } : pattern;
}
