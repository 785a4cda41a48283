/**
 * A changed text, each of whose units has a place in the source and reaches up to the place of the unit behind it, as
 * SentencePiece counts: what was left out belongs to the unit before it.
 */
import { AlignedText, checkLength } from "../text/aligned-text.ts";
import { Alignment } from "../text/alignment.ts";

export class PlacedText {
  readonly #source: AlignedText;
  /** The first unit of each run, its place, and whether those behind it are at the places that follow. */
  readonly #units: number[] = [];
  readonly #places: number[] = [];
  readonly #areCopied: boolean[] = [];
  #text = "";

  constructor(source: AlignedText) {
    this.#source = source;
  }

  get text(): string {
    return this.#text;
  }

  /** Appends units of the source, which stand at `place` and the places behind it. */
  copy(text: string, place: number): void {
    this.#push(text, place, true);
  }

  /**
   * Appends text whose units all stand at `place`.
   *
   * @throws {TextTooLongError} if the text becomes too long for an AlignedText
   */
  put(text: string, place: number): void {
    this.#push(text, place, false);
  }

  /** Drops the units from `length` on, of which there is at least one, and gives the place of the first of them. */
  truncate(length: number): number {
    while ((this.#units.at(-1) ?? 0) > length) this.#pop();
    const unit = this.#units.at(-1) ?? 0;
    const place = (this.#places.at(-1) ?? 0) + (this.#areCopied.at(-1) === true ? length - unit : 0);
    if (unit === length) this.#pop();
    this.#text = this.#text.slice(0, length);
    return place;
  }

  /** @param end the place behind the last unit */
  build(end: number): AlignedText {
    const alignment = new Alignment();
    for (const [run, unit] of this.#units.entries()) {
      const count = (this.#units[run + 1] ?? this.#text.length) - unit;
      this.#append(alignment, run, count, this.#places[run + 1] ?? end);
    }
    return AlignedText.aligned(this.#text, alignment, this.#source.origin);
  }

  #append(alignment: Alignment, run: number, count: number, nextPlace: number): void {
    const place = this.#places[run] ?? 0;
    const isCopied = this.#areCopied[run] === true;
    const last = isCopied ? place + count - 1 : place;
    if (isCopied) this.#source.appendTo(alignment, place, last);
    else alignment.replace(...this.#originalRange(place, place), count - 1);
    alignment.replace(...this.#originalRange(last, nextPlace), 1);
  }

  /** As of the source, whose end is a place too. */
  #originalRange(start: number, end: number): readonly [start: number, end: number] {
    const { length } = this.#source.text;
    const from = start < length ? this.#source.originalStart(start) : this.#source.originalEnd(length - 1);
    return [from, end > start ? this.#source.originalEnd(end - 1) : from];
  }

  #push(text: string, place: number, isCopied: boolean): void {
    if (text === "") return;
    this.#units.push(this.#text.length);
    this.#places.push(place);
    this.#areCopied.push(isCopied);
    this.#text += text;
    checkLength(this.#text.length);
  }

  #pop(): void {
    this.#units.pop();
    this.#places.pop();
    this.#areCopied.pop();
  }
}
