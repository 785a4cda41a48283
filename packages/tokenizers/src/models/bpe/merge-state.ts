/**
 * The words of a training run as they stand after the merges so far, and the counts of their pairs of neighbours.
 *
 * Counts are kept up to date rather than taken anew: each pair knows the words it may be in, and a heap holds the
 * pairs with counts that are checked when they come out. Everything is in flat arrays of numbers, because a corpus has
 * millions of symbols; indices into them are valid by construction.
 */
import { BinaryHeap } from "./heap.ts";
import { PairMap } from "./pair-map.ts";

/** Words as runs of symbols: word `i` is `symbols[starts[i]]` to `symbols[starts[i + 1] - 1]`, seen `counts[i]` times. */
export interface WordSymbols {
  readonly symbols: Int32Array;
  readonly starts: Int32Array;
  readonly counts: readonly number[];
}

/** The pair to merge next. */
export interface Candidate {
  /** A number of its own for each pair. */
  readonly pair: number;
  readonly left: number;
  readonly right: number;
  readonly count: number;
  /** First of the linked occurrences to merge in. */
  readonly occurrence: number;
}

const NONE = -1;

export class MergeState {
  // Words; a merge shortens them in place.
  readonly #symbols: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #wordCounts: readonly number[];
  // Pairs, by pair number. A count is not taken back by the pair's own merge, as in Hugging Face's BpeTrainer.
  readonly #pairs = new PairMap();
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #pairCounts: number[] = [];
  /** Per pair the last of its occurrences since it was last put into the queue. */
  readonly #newOccurrences: number[] = [];
  readonly #touched: number[] = [];
  // Occurrences: lists of words, linked from the last to the first.
  readonly #occurrenceWords: number[] = [];
  readonly #nextOccurrences: number[] = [];
  // Candidates: pairs with the counts when they were last looked at.
  readonly #candidatePairs: number[] = [];
  readonly #candidateCounts: number[] = [];
  readonly #candidateOccurrences: number[] = [];
  readonly #queue = new BinaryHeap<number>((a, b) => this.#comesFirst(a, b));
  /** Characters per symbol; symbols that no merge made have one. */
  readonly #lengths: number[] = [];
  readonly #lengthLimit: number;

  /** @param lengthLimit a merged symbol and its neighbour of together at least so many characters never merge */
  constructor({ symbols, starts, counts }: WordSymbols, lengthLimit = Number.POSITIVE_INFINITY) {
    this.#symbols = symbols;
    this.#starts = starts;
    this.#ends = starts.slice(1);
    this.#wordCounts = counts;
    this.#lengthLimit = lengthLimit;
    for (let word = 0; word < counts.length; word++) {
      const end = this.#ends[word] as number;
      for (let at = (starts[word] as number) + 1; at < end; at++) {
        this.#add(word, symbols[at - 1] as number, symbols[at] as number);
      }
    }
    this.#enqueueTouched();
  }

  /** The most frequent pair with its true count, of equals the one with the lower ids; undefined if none is left. */
  nextCandidate(): Candidate | undefined {
    for (let top = this.#queue.pop(); top !== undefined; top = this.#queue.pop()) {
      const pair = this.#candidatePairs[top] as number;
      const count = this.#pairCounts[pair] as number;
      if (this.#candidateCounts[top] === count) {
        if (count <= 0) return undefined;
        const occurrence = this.#candidateOccurrences[top] as number;
        return { pair, left: this.#lefts[pair] as number, right: this.#rights[pair] as number, count, occurrence };
      }
      this.#candidateCounts[top] = count;
      this.#queue.push(top);
    }
    return undefined;
  }

  /** Replaces the pair by one symbol in the words of the candidate. */
  merge({ left, right, occurrence }: Candidate, mergedId: number): void {
    this.#lengths[mergedId] ??= this.#lengthOf(left) + this.#lengthOf(right);
    for (let at = occurrence; at !== NONE; at = this.#nextOccurrences[at] as number) {
      this.#mergeInWord(this.#occurrenceWords[at] as number, left, right, mergedId);
    }
    this.#enqueueTouched();
  }

  #mergeInWord(word: number, left: number, right: number, mergedId: number): void {
    const symbols = this.#symbols;
    const start = this.#starts[word] as number;
    const end = this.#ends[word] as number;
    let write = start;
    for (let read = start; read < end; read++) {
      const symbol = symbols[read] as number;
      if (symbol !== left || read + 1 >= end || symbols[read + 1] !== right) {
        symbols[write++] = symbol;
        continue;
      }
      if (write > start) {
        const before = symbols[write - 1] as number;
        this.#remove(word, before, left);
        this.#addMerged(word, before, mergedId);
      }
      if (read + 2 < end) {
        const after = symbols[read + 2] as number;
        this.#remove(word, right, after);
        this.#addMerged(word, mergedId, after);
      }
      symbols[write++] = mergedId;
      read++;
    }
    this.#ends[word] = write;
  }

  #addMerged(word: number, left: number, right: number): void {
    if (this.#lengthOf(left) + this.#lengthOf(right) < this.#lengthLimit) this.#add(word, left, right);
  }

  #add(word: number, left: number, right: number): void {
    const pair = this.#pairOf(left, right);
    this.#pairCounts[pair] = (this.#pairCounts[pair] as number) + (this.#wordCounts[word] as number);
    const last = this.#newOccurrences[pair] as number;
    if (last === NONE) this.#touched.push(pair);
    else if (this.#occurrenceWords[last] === word) return; // the word is in the list
    this.#newOccurrences[pair] = this.#occurrenceWords.push(word) - 1;
    this.#nextOccurrences.push(last);
  }

  #remove(word: number, left: number, right: number): void {
    const pair = this.#pairOf(left, right);
    this.#pairCounts[pair] = (this.#pairCounts[pair] as number) - (this.#wordCounts[word] as number);
  }

  #pairOf(left: number, right: number): number {
    const known = this.#pairs.get(left, right);
    if (known !== -1) return known;
    const pair = this.#pairs.size;
    this.#pairs.set(left, right, pair);
    this.#lefts.push(left);
    this.#rights.push(right);
    this.#pairCounts.push(0);
    this.#newOccurrences.push(NONE);
    return pair;
  }

  #lengthOf(symbol: number): number {
    return this.#lengths[symbol] ?? 1;
  }

  #enqueueTouched(): void {
    for (const pair of this.#touched) {
      const count = this.#pairCounts[pair] as number;
      if (count > 0) {
        this.#candidateCounts.push(count);
        this.#candidateOccurrences.push(this.#newOccurrences[pair] as number);
        this.#queue.push(this.#candidatePairs.push(pair) - 1);
      }
      this.#newOccurrences[pair] = NONE;
    }
    this.#touched.length = 0;
  }

  #comesFirst(a: number, b: number): boolean {
    const countA = this.#candidateCounts[a] as number;
    const countB = this.#candidateCounts[b] as number;
    if (countA !== countB) return countA > countB;
    const pairA = this.#candidatePairs[a] as number;
    const pairB = this.#candidatePairs[b] as number;
    if (pairA === pairB) return a < b;
    const leftA = this.#lefts[pairA] as number;
    const leftB = this.#lefts[pairB] as number;
    return leftA !== leftB ? leftA < leftB : (this.#rights[pairA] as number) < (this.#rights[pairB] as number);
  }
}
