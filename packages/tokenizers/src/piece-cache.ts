/**
 * Remembers the tokens of pieces, since most pieces of a text have been seen before.
 *
 * Looking up compares the piece where it stands in the text; a Map would need it cut out first, which costs more than
 * all else that encoding does. Bounded: when one table is full, the one before it is forgotten, and what of that was
 * still in use has moved over.
 */
import type { ModelToken } from "./models/model.ts";

const TABLE_ENTRIES = 1 << 16;
/** Longer pieces, in UTF-16 code units, seldom come back. */
const LONGEST_PIECE = 64;

export class PieceCache {
  #recent = new PieceTable();
  #older: PieceTable | undefined;

  /** The tokens of units `[start, end)` of `text`, or undefined where they are not known. */
  get(text: string, start: number, end: number): readonly ModelToken[] | undefined {
    if (end - start > LONGEST_PIECE) return undefined;
    const hash = hashOf(text, start, end);
    const recent = this.#recent.find(hash, text, start, end);
    if (recent !== undefined) return recent.tokens;
    const older = this.#older?.find(hash, text, start, end);
    if (older !== undefined) this.#add(older);
    return older?.tokens;
  }

  set(piece: string, tokens: readonly ModelToken[]): void {
    if (piece.length > LONGEST_PIECE) return;
    this.#add({ hash: hashOf(piece, 0, piece.length), piece: copyOf(piece), tokens });
  }

  #add(entry: Entry): void {
    if (this.#recent.size >= TABLE_ENTRIES) {
      this.#older = this.#recent;
      this.#recent = new PieceTable();
    }
    this.#recent.add(entry);
  }
}

interface Entry {
  readonly hash: number;
  readonly piece: string;
  readonly tokens: readonly ModelToken[];
}

const MASK = 2 * TABLE_ENTRIES - 1;

/** A hash table with open addressing and linear probing, at most half full. */
class PieceTable {
  /** Per place the number of its entry, counted from 1; 0 where it is free. */
  readonly #places = new Uint32Array(MASK + 1);
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  find(hash: number, text: string, start: number, end: number): Entry | undefined {
    for (let place = hash & MASK; ; place = (place + 1) & MASK) {
      const entry = this.#entries[(this.#places[place] ?? 0) - 1];
      if (entry === undefined) return undefined;
      if (entry.hash === hash && standsAt(entry.piece, text, start, end)) return entry;
    }
  }

  add(entry: Entry): void {
    let place = entry.hash & MASK;
    while (this.#places[place] !== 0) place = (place + 1) & MASK;
    this.#places[place] = this.#entries.push(entry);
  }
}

/** FNV-1a over UTF-16 code units, its upper bits folded into the lower ones. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function standsAt(piece: string, text: string, start: number, end: number): boolean {
  if (piece.length !== end - start) return false;
  for (let i = 0; i < piece.length; i++) if (piece.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}

/** Engines keep the whole text alive for a slice of it; a copy does not. */
function copyOf(piece: string): string {
  const units = Array.from({ length: piece.length }, (_, index) => piece.charCodeAt(index));
  return String.fromCharCode(...units);
}
