/**
 * The four Unicode normalization forms, with alignment.
 *
 * The text is cut where no character can interact with the one before it; each stretch is normalized alone, and where
 * that changes it, all of its output stands for all of its input. So a composed "é" covers both the letter and the
 * combining accent that it came from.
 *
 * @see Unicode Standard Annex 15, section 9 (where normalization may be cut)
 */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
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
    const normalized = text.normalize(this.#form);
    if (normalized === text) return source;
    const builder = new AlignedTextBuilder(source);
    let start = 0;
    while (start < text.length) {
      const end = endOfStretch(text, start);
      const stretch = text.slice(start, end);
      const changed = stretch.normalize(this.#form);
      if (changed === stretch) builder.copy(start, end);
      else builder.replace(changed, start, end);
      start = end;
    }
    const result = builder.build();
    if (result.text === normalized) return result;
    // A runtime with newer Unicode tables than `joinsPrevious` knows: right text, coarse alignment.
    return new AlignedTextBuilder(source).replace(normalized, 0, text.length).build();
  }

  toJson(): JsonObject {
    return { type: this.#form };
  }
}

function endOfStretch(text: string, start: number): number {
  let end = start + codePointLength(text, start);
  while (end < text.length && joinsPrevious(text, end)) end += codePointLength(text, end);
  return end;
}

function codePointLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** Marks, the vowel and final parts of Hangul syllables, and the vowel signs of Kirat Rai that are letters. */
const JOINING = /^[\p{M}\u1160-\u11ff\u{16d63}\u{16d67}\u{16d68}]/u;

/** True if the character at `index` may combine with, or move before, what precedes it. */
export function joinsPrevious(text: string, index: number): boolean {
  const codePoint = text.codePointAt(index) ?? 0;
  if (codePoint < 0x300) return false;
  return JOINING.test(String.fromCodePoint(codePoint).normalize("NFKD"));
}
