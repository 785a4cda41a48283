/**
 * Added tokens, such as `<s>`: tokens that are matched in a text before the pipeline sees it; `added_tokens` of
 * tokenizer.json.
 */

import { TokenizerFormatError } from "../errors.ts";
import { asArray, asBoolean, asFields, asId, asString, child, describe, type JsonObject, optional } from "../json.ts";
import { StringSearch } from "../lookup/string-search.ts";
import type { Normalizer } from "../normalizers/normalizer.ts";
import { AlignedText } from "../text/aligned-text.ts";
import { WHITE_SPACE, WORD } from "../text/unicode.ts";

export interface AddedToken {
  readonly id: number;
  /** The token, not empty. */
  readonly content: string;
  /** Left out of decoded text by default. */
  readonly special: boolean;
  /** Matched only where no word character is next to it. */
  readonly singleWord: boolean;
  /** Matches the white space before it too. */
  readonly lstrip: boolean;
  /** Matches the white space after it too. */
  readonly rstrip: boolean;
  /** Matched in the normalized text instead of the original. */
  readonly normalized: boolean;
  /** False for a token that no text gives, only a template or a caller's ids. Default true. */
  readonly matched?: boolean;
}

/** A part of a text: an added token, or text that is still to be tokenized. */
export interface TextPart {
  readonly text: AlignedText;
  readonly added?: AddedToken;
}

/** An added token that is special and matched literally, in the original text. */
export function specialToken(id: number, content: string): AddedToken {
  return { id, content, special: true, singleWord: false, lstrip: false, rstrip: false, normalized: false };
}

/** A token as it is matched, and as decoded text shows it: normalized if it is matched in normalized text. */
export function formOf({ content, normalized }: AddedToken, normalizer?: Normalizer): string {
  return (normalized ? normalizer?.normalize(AlignedText.of(content)).text : undefined) ?? content;
}

/** Finds added tokens in a text: the leftmost first, and the longest of those that start there. */
export class AddedTokenMatcher {
  readonly #tokens: readonly AddedToken[];
  readonly #search: StringSearch;

  /** @param normalizer applied to the tokens, for use on normalized text */
  constructor(tokens: readonly AddedToken[], normalizer?: Normalizer) {
    const byForm = new Map(tokens.map((token) => [formOf(token, normalizer), token] as const));
    this.#tokens = [...byForm.values()];
    this.#search = new StringSearch([...byForm.keys()]);
  }

  /**
   * Cuts a text at its added tokens. Two of them overlap if both match the white space between them, as in Hugging Face's
   * library.
   */
  split(source: AlignedText): TextPart[] {
    const { text } = source;
    const parts: TextPart[] = [];
    let last = 0;
    for (let match = this.#search.find(text, 0); match !== undefined; match = this.#search.find(text, match.end)) {
      const added = this.#tokens[match.index];
      if (added === undefined) continue;
      let { start, end } = match;
      if (added.singleWord && touchesWord(text, start, end)) continue;
      if (added.lstrip) start = Math.max(last, spaceBefore(text, start));
      if (added.rstrip) while (end < text.length && SPACE.test(text.charAt(end))) end++;
      if (start >= end) continue; // white space that the match before took along
      if (start > last) parts.push({ text: source.slice(last, start) });
      parts.push({ text: source.slice(start, end), added });
      last = end;
    }
    if (last < text.length || text === "") parts.push({ text: source.slice(last, text.length) });
    return parts;
  }
}

const WORD_CHARACTER = new RegExp(`^[${WORD}]`, "u");
const SPACE = new RegExp(`[${WHITE_SPACE}]`, "u");

/** Where the white space before `end` starts. */
function spaceBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && SPACE.test(text.charAt(start - 1))) start--;
  return start;
}

/** True if the code point before `start` or that at `end` is a word character. */
function touchesWord(text: string, start: number, end: number): boolean {
  return WORD_CHARACTER.test(characterBefore(text, start)) || WORD_CHARACTER.test(text.slice(end, end + 2));
}

/** The code point that ends at `index`, or nothing at the start of the text. */
function characterBefore(text: string, index: number): string {
  const isPair = index > 1 && (text.codePointAt(index - 2) ?? 0) > 0xffff;
  return text.slice(Math.max(0, isPair ? index - 2 : index - 1), index);
}

/** Reads `added_tokens`. */
export function readAddedTokens(value: unknown, path: string): AddedToken[] {
  return asArray(value, path).map((item, index) => {
    const at = child(path, index);
    const fields = asFields(item, at);
    const content = asString(fields.get("content"), child(at, "content"));
    if (content === "") throw new TokenizerFormatError(child(at, "content"), "some text", describe(content));
    const special = optional(fields, "special", at, asBoolean, false);
    return {
      id: asId(fields.get("id"), child(at, "id")),
      content,
      special,
      singleWord: optional(fields, "single_word", at, asBoolean, false),
      lstrip: optional(fields, "lstrip", at, asBoolean, false),
      rstrip: optional(fields, "rstrip", at, asBoolean, false),
      normalized: optional(fields, "normalized", at, asBoolean, !special),
      ...(optional(fields, "matched", at, asBoolean, true) ? {} : { matched: false }),
    };
  });
}

/** The element of `added_tokens` for one token. */
export function addedTokenToJson(token: AddedToken): JsonObject {
  return {
    id: token.id,
    content: token.content,
    single_word: token.singleWord,
    lstrip: token.lstrip,
    rstrip: token.rstrip,
    normalized: token.normalized,
    special: token.special,
    ...(token.matched === false ? { matched: false } : {}), // Hugging Face's library has no such tokens
  };
}
