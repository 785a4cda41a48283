/**
 * The queue of merges for long pieces: gives back candidates, lowest first, as a heap does, but has one list for each
 * rank and sorts it when its turn comes. Ranks are few where candidates are millions, and most merges make room only
 * for later ones, so nearly all candidates are written once and read once.
 */
import { BinaryHeap } from "./heap.ts";

const isLower = (left: number, right: number) => left < right;

export class RankBuckets {
  readonly #count: number;
  readonly #positionsByRank = new Map<number, number[]>();
  readonly #ranks = new BinaryHeap<number>(isLower);
  /** Candidates that came when the list of their rank was under way or done. */
  readonly #late = new BinaryHeap<number>(isLower);
  #rank = -1;
  #positions = new Int32Array(0);
  #at = 0;

  /** @param count candidates are `rank * count + position`, below 2^52 */
  constructor(count: number) {
    this.#count = count;
  }

  push(candidate: number): void {
    const rank = Math.floor(candidate / this.#count);
    if (rank <= this.#rank) {
      this.#late.push(candidate);
      return;
    }
    const positions = this.#positionsByRank.get(rank);
    const position = candidate - rank * this.#count;
    if (positions !== undefined) {
      positions.push(position);
      return;
    }
    this.#positionsByRank.set(rank, [position]);
    this.#ranks.push(rank);
  }

  /** Removes and returns the lowest candidate, or undefined if there is none. */
  pop(): number | undefined {
    const late = this.#late.first;
    const position = this.#positions[this.#at];
    if (position === undefined) return late === undefined && this.#startNextRank() ? this.pop() : this.#late.pop();
    const candidate = this.#rank * this.#count + position;
    if (late !== undefined && late < candidate) return this.#late.pop();
    this.#at++;
    return candidate;
  }

  #startNextRank(): boolean {
    const rank = this.#ranks.pop();
    if (rank === undefined) return false;
    this.#positions = Int32Array.from(this.#positionsByRank.get(rank) ?? []).sort();
    this.#positionsByRank.delete(rank);
    this.#rank = rank;
    this.#at = 0;
    return true;
  }
}
