/**
 * A map from pairs of ids to integers. Pairs are what byte-pair encoding looks up all the time, and open addressing in
 * typed arrays is several times faster than a Map whose keys are made from both ids.
 */
const EMPTY = -1;

export class PairMap {
  #size = 0;
  #lefts: Int32Array;
  #rights: Int32Array;
  #values: Int32Array;

  /** @param expectedSize how many pairs to make room for; the map grows beyond */
  constructor(expectedSize = 0) {
    const slots = 2 ** Math.ceil(Math.log2(2 * expectedSize + 16));
    this.#lefts = new Int32Array(slots).fill(EMPTY);
    this.#rights = new Int32Array(slots);
    this.#values = new Int32Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** The value of a pair, or -1 if it has none. */
  get(left: number, right: number): number {
    const slot = this.#slotOf(left, right);
    return this.#lefts[slot] === EMPTY ? -1 : (this.#values[slot] as number); // slots are inside the arrays
  }

  /** @param value an integer from 0 to 2^31 - 1 */
  set(left: number, right: number, value: number): void {
    const slot = this.#slotOf(left, right);
    this.#values[slot] = value;
    if (this.#lefts[slot] !== EMPTY) return;
    this.#lefts[slot] = left;
    this.#rights[slot] = right;
    this.#size++;
    if (2 * this.#size > this.#lefts.length) this.#grow();
  }

  /** Where the pair is, or the free slot where it belongs. */
  #slotOf(left: number, right: number): number {
    const lefts = this.#lefts;
    const rights = this.#rights;
    const mask = lefts.length - 1;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (lefts[slot] !== EMPTY && (lefts[slot] !== left || rights[slot] !== right)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [lefts, rights, values] = [this.#lefts, this.#rights, this.#values];
    this.#lefts = new Int32Array(2 * lefts.length).fill(EMPTY);
    this.#rights = new Int32Array(2 * lefts.length);
    this.#values = new Int32Array(2 * lefts.length);
    for (const [slot, left] of lefts.entries()) {
      if (left === EMPTY) continue;
      const target = this.#slotOf(left, rights[slot] as number);
      this.#lefts[target] = left;
      this.#rights[target] = rights[slot] as number;
      this.#values[target] = values[slot] as number;
    }
  }
}
