/**
 * Remembers the tokens of pieces, since most pieces of a text have been seen before.
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

  /**
   * The tokens of units `[start, end)` of `text`, or undefined where they are not known.
   *
   * @param ids gets the ids of the tokens, if given
   */
  get(text: string, start: number, end: number, ids?: number[]): readonly ModelToken[] | undefined {
    if (end - start > LONGEST_PIECE) return undefined;
    const recent = this.#recent.get(text, start, end, ids);
    if (recent !== undefined || this.#older === undefined) return recent;
    const older = this.#older.get(text, start, end, ids);
    if (older !== undefined) this.set(text, start, end, older);
    return older;
  }

  /** Remembers the tokens of a piece that `get` does not know. */
  set(text: string, start: number, end: number, tokens: readonly ModelToken[]): void {
    if (end - start > LONGEST_PIECE) return;
    if (this.#recent.isFull) {
      this.#older = this.#recent;
      this.#recent = new Generation();
    }
    this.#recent.add(text, start, end, tokens);
  }
}

class Generation {
  /** The value of a piece is the id of its one token; if it has several, `~position` of their number and ids below. */
  readonly #pieces = new PieceTable(1024);
  readonly #longer: number[] = [];
  readonly #tokens: (readonly ModelToken[])[] = [];
  #tokenCount = 0;

  get isFull(): boolean {
    return this.#tokens.length >= MOST_PIECES || this.#tokenCount >= MOST_TOKENS;
  }

  get(text: string, start: number, end: number, ids?: number[]): readonly ModelToken[] | undefined {
    const entry = this.#pieces.find(text, start, end);
    if (entry === -1) return undefined;
    if (ids !== undefined) this.#pushIds(this.#pieces.valueOf(entry), ids);
    return this.#tokens[entry];
  }

  add(text: string, start: number, end: number, tokens: readonly ModelToken[]): void {
    const entry = this.#pieces.findOrAdd(text, start, end);
    this.#tokens.push(tokens);
    this.#tokenCount += tokens.length;
    const [first] = tokens;
    if (first !== undefined && tokens.length === 1) this.#pieces.setValue(entry, first.id);
    else
      this.#pieces.setValue(
        entry,
        ~(this.#longer.push(tokens.length, ...tokens.map(({ id }) => id)) - tokens.length - 1),
      );
  }

  #pushIds(value: number, ids: number[]): void {
    if (value >= 0) {
      ids.push(value);
      return;
    }
    const position = ~value;
    const end = position + 1 + (this.#longer[position] as number);
    for (let at = position + 1; at < end; at++) ids.push(this.#longer[at] as number);
  }
}
