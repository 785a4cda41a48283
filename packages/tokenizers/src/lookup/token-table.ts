/**
 * Finds integers by tokens, and the tokens by their numbers. Tokens are UTF-8, as files have them, and go from the bytes of a
 * file into the table without a string between: strings of them all take longer to make than all else that loading needs.
 *
 * A hash table with open addressing and linear probing, at most half full; the tokens lie one behind the other in one array.
 */
import { codePointAt, decodeUtf8, Utf8Writer, unitsFrom } from "../text/utf8.ts";

export class TokenTable {
  #size = 0;
  /** Where the bytes of the next token start. */
  #end = 0;
  #isNumbered = true;
  /** Per place the number of its token, counted from 1; 0 where it is free. */
  #places: Int32Array;
  /** Per token its hash, where it starts and ends in the bytes, and its value, side by side in the processor's cache. */
  #records: Int32Array;
  #bytes: Uint8Array;

  /** @param capacity how many tokens to make room for; the table grows beyond */
  constructor(capacity: number) {
    const entries = 2 ** Math.ceil(Math.log2(Math.max(capacity, 16)));
    this.#places = new Int32Array(2 * entries);
    this.#records = new Int32Array(RECORD * entries);
    this.#bytes = new Uint8Array(8 * entries);
  }

  static of(tokens: readonly string[], valueAt: (place: number) => number): TokenTable {
    const table = new TokenTable(tokens.length);
    for (const [place, token] of tokens.entries()) table.set(token, valueAt(place));
    return table;
  }

  /** How many tokens there are. */
  get size(): number {
    return this.#size;
  }

  /** Whether the value of each token is its number. */
  get isNumbered(): boolean {
    return this.#isNumbered;
  }

  /** Adds the token that is bytes `[start, end)` of an array; false if it is there already. */
  add(bytes: Uint8Array, start: number, end: number, value: number): boolean {
    this.#makeRoom(end - start);
    const own = this.#bytes;
    const records = this.#records;
    const places = this.#places;
    const mask = places.length - 1;
    const from = this.#end;
    let to = from;
    let hash = SEED;
    for (let at = start; at < end; at++) {
      own[to++] = bytes[at] as number;
      hash = Math.imul(hash ^ (bytes[at] as number), FACTOR);
    }
    hash ^= hash >>> FOLD;
    let place = hash & mask;
    for (; places[place] !== 0; place = (place + 1) & mask) {
      const entry = (places[place] as number) - 1; // masked: inside the table
      if (records[RECORD * entry + HASH] === hash && this.#isAt(entry, bytes, start, end)) return false;
    }
    this.#isNumbered &&= value === this.#size;
    const record = RECORD * this.#size++;
    places[place] = this.#size;
    records[record + HASH] = hash;
    records[record + START] = from;
    records[record + END] = to;
    records[record + VALUE] = value;
    this.#end = to;
    return true;
  }

  /**
   * The values of tokens that lie one behind the other in an array, -1 for those that are not in the table.
   *
   * @param ends where each of them ends; the first one starts with the array
   */
  valuesOf(bytes: Uint8Array, ends: Int32Array): Int32Array {
    const own = this.#bytes;
    const records = this.#records;
    const places = this.#places;
    const mask = places.length - 1;
    const values = new Int32Array(ends.length);
    let start = 0;
    for (let index = 0; index < ends.length; index++) {
      const end = ends[index] as number;
      let hash = SEED;
      for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), FACTOR);
      hash ^= hash >>> FOLD;
      let value = -1;
      for (let place = hash & mask; places[place] !== 0; place = (place + 1) & mask) {
        const record = RECORD * ((places[place] as number) - 1); // masked: inside the table
        const from = records[record + START] as number;
        const length = records[record + HASH] === hash ? (records[record + END] as number) - from : -1;
        let same = 0;
        while (same < length && own[from + same] === bytes[start + same]) same++;
        if (same !== length || length !== end - start) continue;
        value = records[record + VALUE] as number;
        break;
      }
      values[index] = value;
      start = end;
    }
    return values;
  }

  /**
   * The same of tokens that two parts in a row are. They are taken to come in the order of the table, some of them several times,
   * and are looked up where they do not.
   */
  valuesOfPairs(bytes: Uint8Array, ends: Int32Array): Int32Array {
    const own = this.#bytes;
    const records = this.#records;
    const values = new Int32Array(ends.length / 2);
    let entry = 0;
    let start = 0;
    for (let index = 0; index < values.length; index++) {
      const end = ends[2 * index + 1] as number;
      const last = Math.min(entry + 1, this.#size - 1);
      let found = -1;
      for (let next = entry; next <= last && found === -1; next++) {
        const from = records[RECORD * next + START] as number;
        const length = (records[RECORD * next + END] as number) - from;
        let same = length === end - start ? 0 : -1;
        while (same >= 0 && same < length && own[from + same] === bytes[start + same]) same++;
        if (same === length) found = next;
      }
      if (found === -1) found = this.#find(bytes, start, end);
      if (found !== -1) entry = found;
      values[index] = found === -1 ? -1 : (records[RECORD * found + VALUE] as number);
      start = end;
    }
    return values;
  }

  /** Keeps a value with a token, in the place of the one that it has. */
  set(token: string, value: number): void {
    const length = written.write(token, 0, token.length);
    if (this.add(written.bytes, 0, length, value)) return;
    const entry = this.#find(written.bytes, 0, length);
    this.#isNumbered &&= value === entry;
    this.#records[RECORD * entry + VALUE] = value;
  }

  /** The value of units `[start, end)` of a text; undefined if they are no token. */
  get(text: string, start: number, end: number): number | undefined {
    const length = written.write(text, start, end); // which may make new bytes
    const entry = this.#find(written.bytes, 0, length);
    return entry === -1 ? undefined : this.#valueOf(entry);
  }

  /** All values by the numbers of their tokens. */
  values(): Int32Array {
    return Int32Array.from({ length: this.#size }, (_, entry) => this.#valueOf(entry));
  }

  /** All tokens by their numbers; those that are not well-formed are garbled. */
  tokens(): string[] {
    const bytes = this.#bytes;
    const text = decodeUtf8(bytes.subarray(0, this.#end));
    const tokens = new Array<string>(this.#size);
    let start = 0;
    for (let entry = 0; entry < this.#size; entry++) {
      let end = start;
      const last = this.#records[RECORD * entry + END] as number;
      for (let at = this.#records[RECORD * entry + START] as number; at < last; at++) {
        end += unitsFrom(bytes[at] as number);
      }
      tokens[entry] = text.slice(start, end);
      start = end;
    }
    return tokens;
  }

  /** Calls back with the value of each token that is not empty, and the UTF-16 code units that it starts and ends with. */
  forEachEnds(visit: (value: number, first: number, last: number) => void): void {
    const bytes = this.#bytes;
    const records = this.#records;
    for (let record = 0; record < RECORD * this.#size; record += RECORD) {
      const start = records[record + START] as number;
      let last = (records[record + END] as number) - 1;
      if (last < start) continue;
      while (unitsFrom(bytes[last] as number) === 0 && last > start) last--;
      const [first, final] = [codePointAt(bytes, start), codePointAt(bytes, last)];
      visit(
        records[record + VALUE] as number,
        first > 0xffff ? 0xd800 | ((first - 0x10000) >> 10) : first,
        final > 0xffff ? 0xdc00 | (final & 0x3ff) : final,
      );
    }
  }

  #find(bytes: Uint8Array, start: number, end: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    const hash = hashOf(bytes, start, end);
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const entry = (places[place] as number) - 1; // masked: inside the table
      if (entry === -1) return -1;
      if (this.#records[RECORD * entry + HASH] === hash && this.#isAt(entry, bytes, start, end)) return entry;
    }
  }

  #isAt(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    const from = this.#records[RECORD * entry + START] as number;
    if ((this.#records[RECORD * entry + END] as number) - from !== end - start) return false;
    for (let at = start; at < end; at++) if (bytes[at] !== own[from + at - start]) return false;
    return true;
  }

  #valueOf(entry: number): number {
    return this.#records[RECORD * entry + VALUE] as number;
  }

  /** Makes room for another token, of so many bytes. */
  #makeRoom(length: number): void {
    const end = this.#end + length;
    if (end > this.#bytes.length) this.#bytes = enlarged(this.#bytes, new Uint8Array(2 * end));
    if (RECORD * this.#size < this.#records.length) return;
    const records = enlarged(this.#records, new Int32Array(2 * this.#records.length));
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let place = (records[RECORD * entry + HASH] as number) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = entry + 1;
    }
    this.#records = records;
    this.#places = places;
  }
}

const RECORD = 4; // a power of two, so that no record crosses a line of the processor's cache
const HASH = 0;
const START = 1;
const END = 2;
const VALUE = 3;

/** For tokens that come as strings. */
const written = new Utf8Writer();

/** FNV-1a, whose upper bits, which the mask of the table would drop, are folded into the lower ones in the end. */
const SEED = 0x811c9dc5 | 0;
const FACTOR = 0x01000193;
const FOLD = 15;

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), FACTOR);
  return hash ^ (hash >>> FOLD);
}

function enlarged<Numbers extends Int32Array | Uint8Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}
