/**
 * Remembers the ids of pieces, and their tokens where somebody asks for them, since most pieces of a text have been seen before.
 *
 * Bounded: when one table is full, the one before it is forgotten, and what of that was still in use has moved over. Two
 * full tables take about 70 MB.
 */
import type { ModelToken } from "../models/model.ts";
import { PieceTable } from "./piece-table.ts";

/** A table is full when it has so many pieces, or so many tokens of them. */
const MOST_PIECES = 1 << 17;
const MOST_TOKENS = 1 << 19;
/** Longer pieces, in UTF-16 code units, seldom come back. */
const LONGEST_PIECE = 64;

export class PieceCache {
  #recent = new Generation();
  #older: Generation | undefined;

  /** Appends the ids of units `[start, end)` of `text`; false where they are not known. */
  appendIds(text: string, start: number, end: number, ids: number[]): boolean {
    if (end - start > LONGEST_PIECE) return false;
    if (this.#recent.appendIds(text, start, end, ids)) return true;
    const from = ids.length;
    if (this.#older?.appendIds(text, start, end, ids) !== true) return false;
    this.setIds(text, start, end, ids, from);
    return true;
  }

  /** Remembers the ids of a piece that `appendIds` does not know: those of the list from `from` on. */
  setIds(text: string, start: number, end: number, ids: readonly number[], from: number): void {
    if (end - start > LONGEST_PIECE) return;
    if (this.#recent.isFull) {
      this.#older = this.#recent;
      this.#recent = new Generation();
    }
    this.#recent.add(text, start, end, ids, from);
  }

  /** The tokens of a piece, made where they are not known, and remembered if its ids are. */
  tokens(text: string, start: number, end: number, make: () => readonly ModelToken[]): readonly ModelToken[] {
    return end - start > LONGEST_PIECE ? make() : this.#recent.tokens(text, start, end, make);
  }
}

class Generation {
  /** The value of a piece is its one id; if it has several, `~position` of their number and ids below. */
  readonly #pieces = new PieceTable(1024);
  #longer = new Int32Array(4096);
  #longerLength = 0;
  readonly #tokens = new Map<number, readonly ModelToken[]>();
  #tokenCount = 0;

  get isFull(): boolean {
    return this.#pieces.size >= MOST_PIECES || this.#tokenCount >= MOST_TOKENS;
  }

  appendIds(text: string, start: number, end: number, ids: number[]): boolean {
    const entry = this.#pieces.find(text, start, end);
    if (entry === -1) return false;
    const value = this.#pieces.valueOf(entry);
    if (value >= 0) ids.push(value);
    else {
      const first = ~value + 1;
      const last = ~value + (this.#longer[~value] as number);
      for (let at = first; at <= last; at++) ids.push(this.#longer[at] as number);
    }
    return true;
  }

  add(text: string, start: number, end: number, ids: readonly number[], from: number): void {
    const entry = this.#pieces.findOrAdd(text, start, end);
    const count = ids.length - from;
    this.#tokenCount += count;
    this.#pieces.setValue(entry, count === 1 ? (ids[from] as number) : ~this.#addLonger(ids, from, count));
  }

  tokens(text: string, start: number, end: number, make: () => readonly ModelToken[]): readonly ModelToken[] {
    const entry = this.#pieces.find(text, start, end);
    const known = this.#tokens.get(entry);
    if (known !== undefined) return known;
    const made = make();
    if (entry !== -1) this.#tokens.set(entry, made);
    return made;
  }

  /** Returns the position of the number of ids. */
  #addLonger(ids: readonly number[], from: number, count: number): number {
    const position = this.#longerLength;
    this.#longerLength += 1 + count;
    while (this.#longerLength > this.#longer.length) {
      const larger = new Int32Array(2 * this.#longer.length);
      larger.set(this.#longer);
      this.#longer = larger;
    }
    this.#longer[position] = count;
    for (let i = 0; i < count; i++) this.#longer[position + 1 + i] = ids[from + i] as number;
    return position;
  }
}
