/**
 * Finds the ranks of pairs of ids in a list of pairs: a hash table with open addressing, whose slots have the ranks alone, since the
 * pairs are in the list. So it takes a quarter of the memory of a `PairMap`, which loading would have to fill.
 */
import { hashOfPair } from "./pair-map.ts";

const NOTHING = -1;

export class RankTable {
  readonly #pairs: Int32Array;
  /** Per slot a rank, counted from 1; 0 where it is free. */
  readonly #slots: Int32Array;
  /** A bit for each of many hashes, set for those of pairs: most pairs that have no rank are told apart here. */
  readonly #hashes: Int32Array;

  /** @param pairs by rank both ids, from 0 to 2^31 - 1; a pair that comes twice has its later rank */
  constructor(pairs: Int32Array) {
    const slots = 2 ** Math.ceil(Math.log2(pairs.length / 2 / MOST_FULL + 16));
    this.#pairs = pairs;
    this.#slots = new Int32Array(slots);
    this.#hashes = new Int32Array(slots / SLOTS_PER_WORD);
    this.#fill();
  }

  /** The rank of a pair, or -1. */
  rankOf(left: number, right: number): number {
    const hash = hashOfPair(left, right);
    if (((this.#hashes[(hash >>> 5) & (this.#hashes.length - 1)] as number) & (1 << hash)) === 0) return NOTHING; // masked
    const slots = this.#slots;
    const pairs = this.#pairs;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const rank = (slots[slot] as number) - 1; // masked: inside the table
      if (rank === NOTHING || (pairs[2 * rank] === left && pairs[2 * rank + 1] === right)) return rank;
    }
  }

  #fill(): void {
    const pairs = this.#pairs;
    const slots = this.#slots;
    const hashes = this.#hashes;
    const mask = slots.length - 1;
    for (let at = 0; at < pairs.length; at += 2) {
      const left = pairs[at] as number;
      const right = pairs[at + 1] as number;
      const hash = hashOfPair(left, right);
      const word = (hash >>> 5) & (hashes.length - 1);
      hashes[word] = (hashes[word] as number) | (1 << hash);
      // Each step is taken at least once, so that engines have seen all of them before they compile the loop.
      let slot = hash - 1;
      let difference: number;
      do {
        slot = (slot + 1) & mask;
        const taken = 2 * ((slots[slot] as number) - 1);
        const other = taken < 0 ? at : taken;
        difference = ((pairs[other] as number) ^ left) | ((pairs[other + 1] as number) ^ right);
      } while (difference !== 0);
      slots[slot] = (at >> 1) + 1;
    }
  }
}

/** The share of slots that may be taken. */
const MOST_FULL = 0.75;

/** Eight bits of hashes for a slot. */
const SLOTS_PER_WORD = 4;
