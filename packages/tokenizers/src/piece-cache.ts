/**
 * Remembers the tokens of pieces, since most pieces of a text have been seen before.
 *
 * Bounded: when one table is full, the one before it is forgotten, and what of that was still in use has moved over.
 */
import type { ModelToken } from "./models/model.ts";
import { PieceTable } from "./piece-table.ts";

const TABLE_ENTRIES = 1 << 16;
/** Longer pieces, in UTF-16 code units, seldom come back. */
const LONGEST_PIECE = 64;

export class PieceCache {
  #recent = new Generation();
  #older: Generation | undefined;

  /**
   * The tokens of units `[start, end)` of `text`, or undefined where they are not known.
   *
   * @param ids gets the ids of the tokens
   */
  get(text: string, start: number, end: number, ids: number[]): readonly ModelToken[] | undefined {
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
    if (this.#recent.size >= TABLE_ENTRIES) {
      this.#older = this.#recent;
      this.#recent = new Generation();
    }
    this.#recent.add(text, start, end, tokens);
  }
}

class Generation {
  readonly #pieces = new PieceTable(1024);
  readonly #tokens: (readonly ModelToken[])[] = [];
  /** The ids of all tokens once more, one behind the other: what is asked for most is to be had at once. */
  readonly #ids: number[] = [];
  /** Where in the ids those of each piece start, and behind the last one where they end. */
  readonly #idStarts: number[] = [0];

  get size(): number {
    return this.#tokens.length;
  }

  get(text: string, start: number, end: number, ids: number[]): readonly ModelToken[] | undefined {
    const entry = this.#pieces.find(text, start, end);
    if (entry === -1) return undefined;
    const to = this.#idStarts[entry + 1] as number;
    for (let at = this.#idStarts[entry] as number; at < to; at++) ids.push(this.#ids[at] as number);
    return this.#tokens[entry];
  }

  add(text: string, start: number, end: number, tokens: readonly ModelToken[]): void {
    this.#pieces.findOrAdd(text, start, end);
    this.#tokens.push(tokens);
    for (const { id } of tokens) this.#ids.push(id);
    this.#idStarts.push(this.#ids.length);
  }
}
