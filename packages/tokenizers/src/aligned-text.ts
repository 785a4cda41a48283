/**
 * Text on its way through the pipeline, each of its UTF-16 code units tied to a range of the original string.
 *
 * Ranges are half-open, `[start, end)`, in UTF-16 code units of the original, so `original.slice(start, end)` shows
 * what a token came from. Text that is not changed needs no tables: unit `i` is unit `base + i` of the original.
 */
export class AlignedText {
  readonly text: string;
  /** Of text without tables where it starts in the original; else the origin. */
  readonly #base: number;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;

  private constructor(text: string, base: number, starts?: Int32Array, ends?: Int32Array) {
    this.text = text;
    this.#base = base;
    this.#starts = starts;
    this.#ends = ends;
  }

  /** The original string itself; `base` is where it starts in a longer original. */
  static of(text: string, base = 0): AlignedText {
    return new AlignedText(text, base);
  }

  /** Text whose unit `i` comes from `[starts[i], ends[i])` of the original; `origin` as the property. */
  static fromTables(text: string, starts: Int32Array, ends: Int32Array, origin = 0): AlignedText {
    return new AlignedText(text, origin, starts, ends);
  }

  /** Where the stretch of the original starts that this text was made of: what stands before all of it stands there. */
  get origin(): number {
    return this.#base;
  }

  /** Units `[start, end)` of this text, with their alignment. */
  slice(start: number, end: number): AlignedText {
    if (start === 0 && end === this.text.length) return this;
    const text = this.text.slice(start, end);
    if (this.#starts === undefined) return new AlignedText(text, this.#base + start);
    const starts = this.#starts.subarray(start, end);
    return new AlignedText(text, starts[0] ?? this.#base, starts, this.#ends?.subarray(start, end));
  }

  /** The same alignment under another text of equal length. */
  withText(text: string): AlignedText {
    return new AlignedText(text, this.#base, this.#starts, this.#ends);
  }

  /** This text, not empty, behind `prefix`, all of which stands where the first `shared` units of this text do. */
  prepend(prefix: string, shared: number): AlignedText {
    const length = prefix.length + this.text.length;
    const starts = new Int32Array(length);
    const ends = new Int32Array(length);
    const [from, to] = this.originalRange(0, shared);
    for (let i = 0; i < length; i++) {
      const index = i - prefix.length;
      starts[i] = index < 0 ? from : this.originalStart(index);
      ends[i] = index < 0 ? to : this.originalEnd(index);
    }
    return new AlignedText(prefix + this.text, this.#base, starts, ends);
  }

  /** Where unit `index` starts in the original. */
  originalStart(index: number): number {
    return this.#starts === undefined ? this.#base + index : (this.#starts[index] ?? 0);
  }

  /** Where unit `index` ends in the original. */
  originalEnd(index: number): number {
    return this.#ends === undefined ? this.#base + index + 1 : (this.#ends[index] ?? 0);
  }

  /** The range of the original behind units `[start, end)` of this text; `end` must exceed `start`. */
  originalRange(start: number, end: number): readonly [start: number, end: number] {
    return [this.originalStart(start), this.originalEnd(end - 1)];
  }
}

/** Writes a changed version of an AlignedText piece by piece, each piece tied to a range of units of the source. */
export class AlignedTextBuilder {
  readonly #source: AlignedText;
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(source: AlignedText) {
    this.#source = source;
  }

  /** Appends units `[start, end)` of the source, unit for unit. */
  copy(start: number, end: number): this {
    this.#parts.push(this.#source.text.slice(start, end));
    for (let i = start; i < end; i++) {
      this.#starts.push(this.#source.originalStart(i));
      this.#ends.push(this.#source.originalEnd(i));
    }
    return this;
  }

  /** Appends `text`, all of which stands for units `[start, end)` of the source. */
  replace(text: string, start: number, end: number): this {
    this.#parts.push(text);
    const [from, to] = this.#source.originalRange(start, end);
    for (let i = 0; i < text.length; i++) {
      this.#starts.push(from);
      this.#ends.push(to);
    }
    return this;
  }

  /** Appends `text`, which stands for the code point of the source that ends at `end`; for its very start at 0. */
  replaceLast(text: string, end: number): this {
    if (end > 0) return this.replace(text, end - ((this.#source.text.codePointAt(end - 2) ?? 0) > 0xffff ? 2 : 1), end);
    this.#parts.push(text);
    for (let i = 0; i < text.length; i++) {
      this.#starts.push(this.#source.origin);
      this.#ends.push(this.#source.origin);
    }
    return this;
  }

  build(): AlignedText {
    return AlignedText.fromTables(
      this.#parts.join(""),
      Int32Array.from(this.#starts),
      Int32Array.from(this.#ends),
      this.#source.origin,
    );
  }
}
