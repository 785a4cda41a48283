/**
 * The symbols of one piece on their way through the merges: a doubly linked list in typed arrays, so that a piece of
 * millions of characters needs no object for each of them.
 */
import type { Vocabulary } from "../../lookup/vocabulary.ts";
import type { ModelToken } from "../model.ts";
import { BinaryHeap } from "./heap.ts";
import type { MergeTable } from "./merge-table.ts";
import { RankBuckets } from "./rank-buckets.ts";

/** From so many symbols on, lists by rank pay off. */
const LONG = 4096;

/** Up to so many symbols, as most words have, it takes less time to look at all pairs again than to keep them in order. */
const SHORT = 24;

export class SymbolChain {
  #count = 0;
  #ids: Int32Array;
  /** Ranges `[start, end)` in UTF-16 code units of the piece. */
  #starts: Int32Array;
  #ends: Int32Array;
  #previous: Int32Array;
  #next: Int32Array;
  /** The rank of each symbol and the one after it, -1 if they do not merge; as last offered by `mergeAll`. */
  #ranks: Int32Array;

  /** @param capacity how many symbols to make room for; the chain grows beyond */
  constructor(capacity: number) {
    this.#ids = new Int32Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#ranks = new Int32Array(capacity);
  }

  clear(): void {
    this.#count = 0;
  }

  push(id: number, start: number, end: number): void {
    const at = this.#count++;
    if (at === this.#ids.length) this.#grow();
    this.#ids[at] = id;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#previous[at] = at - 1;
    this.#next[at] = at + 1;
  }

  /** Makes the last symbol, which there must be, reach to `end`. */
  extendLast(end: number): void {
    this.#ends[this.#count - 1] = end;
  }

  /**
   * Merges the pair of lowest rank, the leftmost of equals, until no pair has one.
   *
   * @param skips says of a merge that comes up whether to leave it out until another one is done. Default never
   */
  mergeAll(merges: MergeTable, skips?: () => boolean): void {
    const count = this.#count;
    // A candidate is one number, rank * count + position: lower is earlier.
    const candidates = count < LONG ? new BinaryHeap<number>((left, right) => left < right) : new RankBuckets(count);
    const offer = (position: number) => {
      if (position < 0) return;
      const rank = this.#rankAt(merges, position);
      this.#ranks[position] = rank;
      if (rank >= 0) candidates.push(rank * count + position);
    };
    for (let position = 0; position < count; position++) offer(position);
    let skipped: number[] = [];
    for (let candidate = candidates.pop(); candidate !== undefined; candidate = candidates.pop()) {
      if (skips?.()) {
        skipped.push(candidate);
        continue;
      }
      if (skipped.length > 0) {
        for (const again of skipped) candidates.push(again);
        skipped = [];
      }
      const rank = Math.floor(candidate / count);
      const position = candidate - rank * count;
      const mergedId = merges.mergedIdOf(rank);
      if (!this.#makes(merges, position, mergedId)) continue;
      this.#mergeWithNext(position, mergedId);
      offer(position);
      offer(this.#previous[position] as number);
    }
  }

  /** The same of a few symbols, without skips. Different pairs must make different tokens wherever they overlap. */
  mergeFew(merges: MergeTable): void {
    const ids = this.#ids;
    const ranks = this.#ranks;
    let count = this.#count;
    for (let at = 0; at + 1 < count; at++) ranks[at] = merges.rankOf(ids[at] as number, ids[at + 1] as number);
    for (;;) {
      let first = -1;
      for (let at = 0; at + 1 < count; at++) {
        const rank = ranks[at] as number;
        if (rank >= 0 && (first === -1 || rank < (ranks[first] as number))) first = at;
      }
      if (first === -1) break;
      ids[first] = merges.mergedIdOf(ranks[first] as number);
      this.#ends[first] = this.#ends[first + 1] as number;
      count--;
      for (let at = first + 1; at < count; at++) {
        ids[at] = ids[at + 1] as number;
        this.#starts[at] = this.#starts[at + 1] as number;
        this.#ends[at] = this.#ends[at + 1] as number;
        ranks[at] = ranks[at + 1] as number;
      }
      if (first > 0) ranks[first - 1] = merges.rankOf(ids[first - 1] as number, ids[first] as number);
      if (first + 1 < count) ranks[first] = merges.rankOf(ids[first] as number, ids[first + 1] as number);
    }
    this.#count = count;
  }

  /** Whether `mergeFew` is the faster way. */
  get isShort(): boolean {
    return this.#count <= SHORT;
  }

  /** The symbols that are left, in the order of the piece. */
  tokens(vocabulary: Vocabulary): ModelToken[] {
    const tokens: ModelToken[] = [];
    for (let at = 0; at < this.#count; at = this.#next[at] as number) {
      const id = this.#ids[at] as number;
      const token = vocabulary.idToToken(id) ?? "";
      tokens.push({ id, token, start: this.#starts[at] as number, end: this.#ends[at] as number });
    }
    return tokens;
  }

  /** Appends the ids of the symbols that are left. */
  appendIds(ids: number[]): void {
    for (let at = 0; at < this.#count; at = this.#next[at] as number) ids.push(this.#ids[at] as number);
  }

  /** The rank of a symbol and the one after it, -1 if they do not merge or there is none. */
  #rankAt(merges: MergeTable, position: number): number {
    const next = this.#next[position] as number;
    return next >= this.#count ? -1 : merges.rankOf(this.#ids[position] as number, this.#ids[next] as number);
  }

  /** Whether a candidate, which may be from before other merges, still makes what it promised. */
  #makes(merges: MergeTable, position: number, mergedId: number): boolean {
    const rank = this.#ranks[position] as number;
    return rank >= 0 && merges.mergedIdOf(rank) === mergedId;
  }

  #mergeWithNext(position: number, mergedId: number): void {
    const next = this.#next[position] as number;
    const after = this.#next[next] as number;
    this.#ids[position] = mergedId;
    this.#ends[position] = this.#ends[next] as number;
    this.#next[position] = after;
    this.#ranks[next] = -1;
    if (after < this.#count) this.#previous[after] = position;
  }

  #grow(): void {
    this.#ids = doubled(this.#ids);
    this.#starts = doubled(this.#starts);
    this.#ends = doubled(this.#ends);
    this.#previous = doubled(this.#previous);
    this.#next = doubled(this.#next);
    this.#ranks = doubled(this.#ranks);
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length + 16);
  larger.set(array);
  return larger;
}
