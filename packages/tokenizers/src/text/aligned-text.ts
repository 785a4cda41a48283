/**
 * A text on its way through the pipeline; each of its UTF-16 code units is tied to a range of the original string.
 *
 * Ranges are half-open, `[start, end)`, in UTF-16 code units of the original, so `original.slice(start, end)`
 * is the source of a token. Unchanged text needs no alignment: unit `i` is unit `base + i` of the original.
 */

import { TextTooLongError } from "../errors.ts";
import { describe } from "../json.ts";
import { Alignment } from "./alignment.ts";
import { codePointLength } from "./unicode.ts";

/**
 * In UTF-16 code units. Where each unit becomes a token, as with characters, a text of this length takes the 4 GB that
 * Node grants by default, and running out of them ends the process without an error.
 */
export const LONGEST_TEXT = 2 ** 24;

export class AlignedText {
  readonly text: string;
  /** Start of the part of the original that this text was made of: the position of anything that is added before it. */
  readonly origin: number;
  /** Lazy where only offsets need it, which few ask for. */
  #alignment: Alignment | (() => Alignment) | undefined;
  /** Unit 0 of this text is this unit of the alignment, or of the original where there is none. */
  readonly #base: number;

  private constructor(text: string, origin: number, base: number, alignment?: Alignment | (() => Alignment)) {
    checkLength(text.length);
    this.text = text;
    this.origin = origin;
    this.#base = base;
    this.#alignment = alignment;
  }

  /** The original string itself; `base` is where it starts in a longer original. */
  static of(text: string, base = 0): AlignedText {
    return new AlignedText(text, base, base);
  }

  /**
   * The same of what should be a string, in which lone surrogates count as U+FFFD.
   *
   * @throws {TypeError} if it is no string, which callers without types may pass
   */
  static ofText(text: string): AlignedText {
    if (typeof text !== "string") throw new TypeError(`tokenizer: expected a text, got ${describe(text)}`);
    return AlignedText.of(text.toWellFormed());
  }

  /** Text whose unit `i` is unit `i` of the alignment; `origin` as the property. */
  static aligned(text: string, alignment: Alignment, origin = 0): AlignedText {
    return new AlignedText(text, origin, 0, alignment);
  }

  /** True if unit `i` has the range `[i, i + 1)`, for every unit. */
  get isInPlace(): boolean {
    return this.#alignment === undefined && this.#base === 0;
  }

  /** Units `[start, end)` of this text, with their alignment. */
  slice(start: number, end: number): AlignedText {
    if (start === 0 && end === this.text.length) return this;
    const origin = start < this.text.length ? this.originalStart(start) : this.origin;
    return new AlignedText(this.text.slice(start, end), origin, this.#base + start, this.#alignment);
  }

  /** Another text of equal length with the same alignment. */
  withText(text: string): AlignedText {
    return new AlignedText(text, this.origin, this.#base, this.#alignment);
  }

  /** This text, not empty, after `prefix`, which has the range of the first `shared` units of this text. */
  prepend(prefix: string, shared: number): AlignedText {
    return new AlignedText(prefix + this.text, this.origin, 0, () => {
      const alignment = new Alignment();
      alignment.replace(this.originalStart(0), this.originalEnd(shared - 1), prefix.length);
      this.appendTo(alignment, 0, this.text.length);
      return alignment;
    });
  }

  /** Where unit `index` starts in the original. */
  originalStart(index: number): number {
    return this.#aligned()?.startOf(this.#base + index) ?? this.#base + index;
  }

  /** Where unit `index` ends in the original. */
  originalEnd(index: number): number {
    return this.#aligned()?.endOf(this.#base + index) ?? this.#base + index + 1;
  }

  /** The range of the original for units `[start, end)` of this text; an empty one where `start` is for no units. */
  originalRange(start: number, end: number): readonly [start: number, end: number] {
    const from = this.originalStart(start);
    return [from, end > start ? this.originalEnd(end - 1) : from];
  }

  /** Appends units `[start, end)` of this text to an alignment. */
  appendTo(alignment: Alignment, start: number, end: number): void {
    const own = this.#aligned();
    if (own === undefined) alignment.copy(this.#base + start, end - start);
    else alignment.append(own, this.#base + start, this.#base + end);
  }

  #aligned(): Alignment | undefined {
    if (typeof this.#alignment === "function") this.#alignment = this.#alignment();
    return this.#alignment;
  }
}

/** Writes a changed version of an AlignedText piece by piece, each piece tied to a range of units of the source. */
export class AlignedTextBuilder {
  readonly #source: AlignedText;
  readonly #parts: string[] = [];
  readonly #alignment = new Alignment();

  constructor(source: AlignedText) {
    this.#source = source;
  }

  /** Appends units `[start, end)` of the source, unit for unit. */
  copy(start: number, end: number): this {
    if (start >= end) return this;
    this.#parts.push(this.#source.text.slice(start, end));
    this.#source.appendTo(this.#alignment, start, end);
    return this;
  }

  /** Appends `text`, which replaces units `[start, end)` of the source and has their range. */
  replace(text: string, start: number, end: number): this {
    if (text === "") return this;
    this.#parts.push(text);
    this.#alignment.replace(this.#source.originalStart(start), this.#source.originalEnd(end - 1), text.length);
    checkLength(this.#alignment.length);
    return this;
  }

  /** Appends `text` with the range of the code point of the source that ends at `end`; 0 is the very start. */
  replaceLast(text: string, end: number): this {
    if (end > 0) return this.replace(text, end - codePointLength(this.#source.text, end - 2), end);
    this.#parts.push(text);
    this.#alignment.replace(this.#source.origin, this.#source.origin, text.length);
    return this;
  }

  build(): AlignedText {
    return AlignedText.aligned(this.#parts.join(""), this.#alignment, this.#source.origin);
  }
}

/** @throws {TextTooLongError} for a text of more units than `LONGEST_TEXT` */
export function checkLength(length: number): void {
  if (length > LONGEST_TEXT) throw new TextTooLongError(length, LONGEST_TEXT);
}
