/**
 * A map from pairs of ids to integers. Pairs are what byte-pair encoding looks up all the time, and open addressing in
 * typed arrays is several times faster than a Map whose keys are made from both ids.
 */
const NOTHING = -1;

export class PairMap {
  #size = 0;
  /**
   * Per slot a pair and its value, side by side so that they lie in one line of the processor's cache. Left ids and values
   * are raised by one, so that new memory is free slots.
   */
  #records: Int32Array;
  /** A bit for each of many hashes, set for those of pairs: most pairs are told apart here, in less memory than the records. */
  #hashes: Int32Array;

  /** @param expectedSize how many pairs to make room for; the map grows beyond */
  constructor(expectedSize = 0) {
    const slots = 2 ** Math.ceil(Math.log2(expectedSize / MOST_FULL + 16));
    this.#records = new Int32Array(RECORD * slots);
    this.#hashes = new Int32Array(slots / SLOTS_PER_WORD);
  }

  get size(): number {
    return this.#size;
  }

  /** The value of a pair, or -1 if it has none. */
  get(left: number, right: number): number {
    const hash = hashOfPair(left, right);
    if (((this.#hashes[(hash >>> 5) & (this.#hashes.length - 1)] as number) & (1 << hash)) === 0) return NOTHING; // masked
    return (this.#records[this.#slotOf(hash, left, right) + VALUE] as number) - 1; // slots are inside the array
  }

  /** @param value an integer from 0 to 2^31 - 2; so are the ids */
  set(left: number, right: number, value: number): void {
    if (RECORD * (this.#size + 1) > MOST_FULL * this.#records.length) this.#grow();
    if (this.#write(left, right, value)) this.#size++;
  }

  /** Whether the pair is new. */
  #write(left: number, right: number, value: number): boolean {
    const records = this.#records;
    const hash = hashOfPair(left, right);
    const slot = this.#slotOf(hash, left, right);
    const word = (hash >>> 5) & (this.#hashes.length - 1);
    this.#hashes[word] = (this.#hashes[word] as number) | (1 << hash);
    const isNew = records[slot + LEFT] === 0;
    records[slot + LEFT] = left + 1;
    records[slot + RIGHT] = right;
    records[slot + VALUE] = value + 1;
    return isNew;
  }

  /** Where the record of the pair is, or the free one where it belongs. */
  #slotOf(hash: number, left: number, right: number): number {
    const records = this.#records;
    const mask = records.length - 1;
    let slot = (RECORD * hash) & mask;
    const raised = left + 1;
    while (records[slot + LEFT] !== 0 && (records[slot + LEFT] !== raised || records[slot + RIGHT] !== right)) {
      slot = (slot + RECORD) & mask;
    }
    return slot;
  }

  #grow(): void {
    const records = this.#records;
    const slots = (2 * records.length) / RECORD;
    this.#records = new Int32Array(2 * records.length);
    this.#hashes = new Int32Array(slots / SLOTS_PER_WORD);
    for (let slot = 0; slot < records.length; slot += RECORD) {
      const left = (records[slot + LEFT] as number) - 1;
      if (left !== NOTHING) this.#write(left, records[slot + RIGHT] as number, (records[slot + VALUE] as number) - 1);
    }
  }
}

const RECORD = 4; // a power of two
const LEFT = 0;
const RIGHT = 1;
const VALUE = 2;

/** The share of slots that may be taken. */
const MOST_FULL = 0.75;

/** Eight bits of hashes for a slot. */
const SLOTS_PER_WORD = 4;

export function hashOfPair(left: number, right: number): number {
  const hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
