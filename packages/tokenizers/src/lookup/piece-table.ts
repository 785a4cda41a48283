/**
 * Numbers pieces of texts, each different one from 0 on, finds their numbers again, and keeps an integer with each.
 *
 * Pieces are compared where they stand in a text; a Map would need them cut out first, which costs more than all else
 * that encoding does. A hash table with open addressing and linear probing, at most half full; the pieces themselves lie
 * one behind the other in one array.
 */
export class PieceTable {
  #size = 0;
  /** Per place the number of its piece, counted from 1; 0 where it is free. */
  #places: Int32Array;
  /**
   * Per piece its hash, where it starts and ends in the units, and its value: side by side, so that finding a piece
   * brings all of it into the processor's cache.
   */
  #records: Int32Array;
  #units: Uint16Array;

  /** @param capacity how many pieces to make room for; the table grows beyond */
  constructor(capacity: number) {
    const entries = 2 ** Math.ceil(Math.log2(Math.max(capacity, 16)));
    this.#places = new Int32Array(2 * entries);
    this.#records = new Int32Array(RECORD * entries);
    this.#units = new Uint16Array(8 * entries);
  }

  /** How many pieces there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of the piece that is units `[start, end)` of `text`, or -1. */
  find(text: string, start: number, end: number): number {
    return this.#find(hashOf(text, start, end), text, start, end);
  }

  /** The same, with a number for a piece that is new: the size of the table before. */
  findOrAdd(text: string, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    const found = this.#find(hash, text, start, end);
    return found === -1 ? this.#add(hash, text, start, end) : found;
  }

  /** What is kept with a piece, an integer of 32 bits; 0 at first. */
  valueOf(entry: number): number {
    return this.#records[RECORD * entry + VALUE] as number;
  }

  setValue(entry: number, value: number): void {
    this.#records[RECORD * entry + VALUE] = value;
  }

  /** The piece of a number below `size`. */
  pieceOf(entry: number): string {
    return UTF16.decode(
      this.#units.subarray(this.#records[RECORD * entry + START], this.#records[RECORD * entry + END]),
    );
  }

  #find(hash: number, text: string, start: number, end: number): number {
    const places = this.#places;
    const records = this.#records;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const entry = (places[place] as number) - 1; // masked: inside the table
      if (entry === -1) return -1;
      if (records[RECORD * entry + HASH] === hash && this.#standsAt(entry, text, start, end)) return entry;
    }
  }

  #standsAt(entry: number, text: string, start: number, end: number): boolean {
    const units = this.#units;
    const from = this.#records[RECORD * entry + START] as number;
    if ((this.#records[RECORD * entry + END] as number) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (text.charCodeAt(i) !== units[from + i - start]) return false;
    return true;
  }

  #add(hash: number, text: string, start: number, end: number): number {
    const entry = this.#size++;
    if (RECORD * entry === this.#records.length) this.#grow();
    const from = entry === 0 ? 0 : (this.#records[RECORD * (entry - 1) + END] as number);
    const to = from + end - start;
    if (to > this.#units.length) this.#units = enlarged(this.#units, new Uint16Array(2 * to));
    for (let i = start; i < end; i++) this.#units[from + i - start] = text.charCodeAt(i);
    this.#records[RECORD * entry + HASH] = hash;
    this.#records[RECORD * entry + START] = from;
    this.#records[RECORD * entry + END] = to;
    this.#place(entry, hash);
    return entry;
  }

  #place(entry: number, hash: number): void {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = entry + 1;
  }

  #grow(): void {
    const entries = this.#records.length / RECORD;
    this.#records = enlarged(this.#records, new Int32Array(2 * this.#records.length));
    this.#places = new Int32Array(4 * entries);
    for (let entry = 0; entry < entries; entry++) this.#place(entry, this.#records[RECORD * entry + HASH] as number);
  }
}

const RECORD = 4; // a power of two, so that no record crosses a line of the processor's cache
const HASH = 0;
const START = 1;
const END = 2;
const VALUE = 3;

const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });

/** FNV-1a over UTF-16 code units, its upper bits folded into the lower ones. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function enlarged<Numbers extends Int32Array | Uint16Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}
