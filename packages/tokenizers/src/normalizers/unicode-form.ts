/**
 * The four Unicode normalization forms, with alignment.
 *
 * The text is cut where no character can interact with the one before it; each stretch is normalized alone. Its
 * characters are placed as in Hugging Face's library: what a character decomposes to stands where it did, and what is
 * composed stands where its first part did, so a composed "é" covers the letter and not the accent behind it. Where marks
 * are reordered, the places keep their order. Characters younger than Unicode 12 stay as they are, as they do there, so
 * that all runtimes agree: those that were assigned then normalize alike in every later version.
 *
 * @see Unicode Standard Annex 15, section 9 (where normalization may be cut)
 */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import { classBody, isAscii } from "../unicode.ts";
import { NORMALIZED } from "../unicode-tables.ts";
import { normalizeText } from "./canonical-order.ts";
import type { Normalizer } from "./normalizer.ts";

export const UNICODE_FORMS = ["NFC", "NFD", "NFKC", "NFKD"] as const;
export type UnicodeForm = (typeof UNICODE_FORMS)[number];

export class UnicodeNormalizer implements Normalizer {
  readonly #form: UnicodeForm;

  constructor(form: UnicodeForm) {
    this.#form = form;
  }

  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    if (isAscii(text) || normalizeText(text, this.#form) === text) return source;
    const builder = new AlignedTextBuilder(source);
    let start = 0;
    while (start < text.length) {
      const asciiEnd = endOfLoneAscii(text, start);
      builder.copy(start, asciiEnd);
      start = asciiEnd;
      if (start === text.length) break;
      const end = endOfStretch(text, start);
      const stretch = text.slice(start, end);
      const changed = canNormalize(text, start) ? normalizeText(stretch, this.#form) : stretch;
      if (changed === stretch) builder.copy(start, end);
      else this.#align(builder, text, start, changed, new Parts(stretch, this.#form));
      start = end;
    }
    return builder.build();
  }

  toJson(): JsonObject {
    return { type: this.#form };
  }

  /** Appends what the stretch of `text` at `start` became; each character moves on by as much as its parts take. */
  #align(builder: AlignedTextBuilder, text: string, start: number, changed: string, parts: Parts): void {
    const composes = this.#form === "NFC" || this.#form === "NFKC";
    let at = start;
    for (const character of changed) {
      let advance = 0;
      for (const part of composes ? character.normalize("NFD") : character) advance += parts.take(part);
      if (advance === 0) builder.replaceLast(character, at);
      else builder.replace(character, at, at + codePointLength(text, at));
      for (; advance > 0; advance--) at += codePointLength(text, at);
    }
  }
}

/**
 * The characters of a decomposed text: of each, for every time that it occurs and in that order, 1 where it is the first
 * of those that one character decomposes to, else 0.
 */
class Parts {
  readonly #advances = new Map<string, { readonly values: (0 | 1)[]; taken: number }>();

  constructor(stretch: string, form: UnicodeForm) {
    const decomposed = form === "NFC" || form === "NFD" ? "NFD" : "NFKD";
    for (const original of stretch) {
      let advance: 0 | 1 = 1;
      for (const character of original.normalize(decomposed)) {
        const known = this.#advances.get(character);
        if (known === undefined) this.#advances.set(character, { values: [advance], taken: 0 });
        else known.values.push(advance);
        advance = 0;
      }
    }
  }

  /** Takes the first part that is this character: equal marks never change their order. */
  take(character: string): 0 | 1 {
    const advances = this.#advances.get(character);
    return advances?.values[advances.taken++] ?? 0;
  }
}

/** Where the run of ASCII characters ends that `start` lies in, without one that the character behind it may join. */
function endOfLoneAscii(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) < 0x80) end++;
  return end > start && end < text.length && joinsPrevious(text, end) ? end - 1 : end;
}

function endOfStretch(text: string, start: number): number {
  let end = start + codePointLength(text, start);
  if (!canNormalize(text, start)) return end;
  while (end < text.length && joinsPrevious(text, end)) end += codePointLength(text, end);
  return end;
}

function codePointLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

const NORMALIZED_CHARACTER = new RegExp(`[${classBody(NORMALIZED)}]`, "u");

/** False for characters that no form changes, moves or composes, or that are younger than Unicode 12. */
function canNormalize(text: string, index: number): boolean {
  const codePoint = text.codePointAt(index) ?? 0;
  return codePoint < 0x300 || NORMALIZED_CHARACTER.test(String.fromCodePoint(codePoint));
}

/** Marks, and the vowel and final parts of Hangul syllables. */
const JOINING = /^[\p{M}\u1160-\u11ff]/u;

/** True if the character at `index` may combine with, or move before, what precedes it. */
export function joinsPrevious(text: string, index: number): boolean {
  const codePoint = text.codePointAt(index) ?? 0;
  if (codePoint < 0x300 || !canNormalize(text, index)) return false;
  return JOINING.test(String.fromCodePoint(codePoint).normalize("NFKD"));
}
