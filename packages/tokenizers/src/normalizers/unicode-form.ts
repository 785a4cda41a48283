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

import type { JsonObject } from "../json.ts";
import { CharacterClasses, nextIndex } from "../pre-tokenizers/character-classes.ts";
import { type AlignedText, AlignedTextBuilder } from "../text/aligned-text.ts";
import { classBody, isAscii } from "../text/unicode.ts";
import { NORMALIZED } from "../text/unicode-tables.ts";
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
    for (let start = 0; start < text.length; ) {
      const settled = endOfSettled(text, start);
      builder.copy(start, settled);
      start = settled;
      if (start === text.length) break;
      const end = endOfStretch(text, start);
      const stretch = text.slice(start, end);
      const changed = isFixed(text, start) ? stretch : normalizeText(stretch, this.#form);
      if (changed === stretch) builder.copy(start, end);
      else if (isOneCharacter(stretch) && isOneCharacter(changed)) builder.replace(changed, start, end);
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
      else builder.replace(character, at, nextIndex(text, at));
      for (; advance > 0; advance--) at = nextIndex(text, at);
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

/** No form changes, moves or composes these, or they are younger than Unicode 12. */
const FIXED = 1;
/** These may combine with, or move before, what precedes them. */
const JOINING = 2;
const OTHER = 4;

const NORMALIZED_CHARACTER = new RegExp(`[${classBody(NORMALIZED)}]`, "u");
/** Marks, and the vowel and final parts of Hangul syllables. */
const JOINING_CHARACTER = /^[\p{M}\u1160-\u11ff]/u;

const CLASSES = new CharacterClasses(
  [
    [OTHER, /[\0-\u02ff]/],
    [FIXED, { test: (character) => !NORMALIZED_CHARACTER.test(character) }],
    [JOINING, { test: (character) => JOINING_CHARACTER.test(character.normalize("NFKD")) }],
  ],
  OTHER,
);

/** Where the run of ASCII and fixed characters ends that starts at `start`, without one that what follows may join. */
function endOfSettled(text: string, start: number): number {
  let end = start;
  while (end < text.length && (text.charCodeAt(end) < 0x80 || isFixed(text, end))) end = nextIndex(text, end);
  const last = text.charCodeAt(end - 1);
  return end > start && last < 0x80 && end < text.length && joinsPrevious(text, end) ? end - 1 : end;
}

function endOfStretch(text: string, start: number): number {
  let end = nextIndex(text, start);
  if (isFixed(text, start)) return end;
  while (end < text.length && joinsPrevious(text, end)) end = nextIndex(text, end);
  return end;
}

function isOneCharacter(text: string): boolean {
  return text !== "" && nextIndex(text, 0) === text.length;
}

function isFixed(text: string, index: number): boolean {
  return CLASSES.at(text, index) === FIXED;
}

/** @internal True if the character at `index` may combine with, or move before, what precedes it. */
export function joinsPrevious(text: string, index: number): boolean {
  return CLASSES.at(text, index) === JOINING;
}
