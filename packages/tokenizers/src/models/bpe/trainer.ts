/**
 * Learns byte-pair merges: starting from characters, again and again the most frequent pair of neighbours becomes a
 * token, until the vocabulary is full. Of equally frequent pairs the one with the lower ids goes first.
 *
 * Counts are kept up to date rather than taken anew: each pair knows the words it may be in, and a heap holds the
 * pairs with counts that are checked when they come out. The results, counts of pairs that come back after their merge
 * included, are those of Hugging Face's BpeTrainer.
 */
import { TrainingError } from "../../errors.ts";
import { compareCodePoints } from "../../unicode.ts";
import { Vocabulary } from "../../vocabulary.ts";
import { BinaryHeap } from "./heap.ts";
import { type BpeMerge, BpeModel } from "./model.ts";

export interface BpeTrainerOptions {
  /** Tokens that get the first ids, in this order. */
  readonly specialTokens: readonly string[];
  /** Stands for characters outside the alphabet; one of the special tokens. */
  readonly unkToken?: string | undefined;
  /** Pairs seen less often are not merged, integer >= 1. */
  readonly minFrequency: number;
  /** Size of the whole vocabulary, special tokens and characters included. */
  readonly vocabSize: number;
}

/**
 * @param counts how often each word was seen
 * @returns ids: special tokens, characters by code point, merged tokens as they were learned; characters that do not
 *   fit are left out, the rarest first
 * @throws {TrainingError} if `vocabSize` leaves no room for the special tokens
 */
export function trainBpe(counts: ReadonlyMap<string, number>, options: BpeTrainerOptions): BpeModel {
  const { specialTokens, unkToken, minFrequency, vocabSize } = options;
  if (vocabSize < specialTokens.length) {
    throw new TrainingError(
      `trainTokenizer: expected vocabSize of at least ${specialTokens.length}, the number of special tokens, got ${vocabSize}`,
    );
  }
  const symbols = new SymbolTable(specialTokens);
  for (const character of alphabetOf(counts, vocabSize - specialTokens.length)) symbols.idOf(character);
  const state = new MergeState(counts, symbols);
  const merges = new Map<PairEntry, BpeMerge>();
  while (symbols.size < vocabSize) {
    const candidate = state.nextCandidate();
    if (candidate === undefined || candidate.count < minFrequency) break;
    const { pair, words } = candidate;
    const left = symbols.tokenOf(pair.left);
    const right = symbols.tokenOf(pair.right);
    state.merge(pair, symbols.idOf(left + right), words);
    merges.delete(pair); // a pair that comes back takes the later place
    merges.set(pair, [left, right]);
  }
  return new BpeModel({ vocabulary: Vocabulary.fromTokens(symbols.tokens), merges: [...merges.values()], unkToken });
}

/** The characters of all words by code point: at most `limit`, the most frequent ones. */
function alphabetOf(counts: ReadonlyMap<string, number>, limit: number): string[] {
  const seen = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) seen.set(character, (seen.get(character) ?? 0) + count);
  }
  return [...seen]
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .slice(0, limit)
    .map(([character]) => character)
    .sort(compareCodePoints);
}

/** Tokens by id, growing. */
class SymbolTable {
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(specialTokens: readonly string[]) {
    for (const token of specialTokens) this.idOf(token);
  }

  get size(): number {
    return this.tokens.length;
  }

  /** The id of a token, which is added if it is new. */
  idOf(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.tokens.push(token) - 1;
    this.#ids.set(token, id);
    return id;
  }

  find(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string {
    return this.tokens[id] ?? "";
  }
}

/** What is known of a pair of neighbours. */
interface PairEntry {
  readonly left: number;
  readonly right: number;
  /** How often it stands in the text; not taken back by its own merge. */
  count: number;
  /** Words that got the pair since it was last put into the queue, in rising order. */
  newWords: number[];
}

/** A pair in the queue: the count when it was last looked at, and the words to merge it in. */
interface Candidate {
  readonly pair: PairEntry;
  count: number;
  readonly words: readonly number[];
}

const ID_LIMIT = 2 ** 26;

/** The words as they stand after the merges so far, and the counts of their pairs. */
class MergeState {
  readonly #words: number[][] = [];
  readonly #counts: number[] = [];
  readonly #pairs = new Map<number, PairEntry>();
  readonly #touched = new Set<PairEntry>();
  readonly #queue = new BinaryHeap<Candidate>(comesFirst);

  constructor(counts: ReadonlyMap<string, number>, symbols: SymbolTable) {
    for (const [word, count] of counts) {
      const ids = Array.from(word, (character) => symbols.find(character)).filter((id) => id !== undefined);
      const wordIndex = this.#words.push(ids) - 1;
      this.#counts.push(count);
      for (let i = 0; i + 1 < ids.length; i++) this.#add(wordIndex, ids[i] ?? 0, ids[i + 1] ?? 0);
    }
    this.#enqueueTouched();
  }

  /** The most frequent pair with its true count, or undefined if none is left. */
  nextCandidate(): Candidate | undefined {
    for (let top = this.#queue.pop(); top !== undefined; top = this.#queue.pop()) {
      if (top.count === top.pair.count) return top.count > 0 ? top : undefined;
      top.count = top.pair.count;
      this.#queue.push(top);
    }
    return undefined;
  }

  /** Replaces the pair by one symbol in the given words. */
  merge({ left, right }: PairEntry, mergedId: number, words: readonly number[]): void {
    for (const wordIndex of words) this.#mergeInWord(wordIndex, left, right, mergedId);
    this.#enqueueTouched();
  }

  #mergeInWord(wordIndex: number, left: number, right: number, mergedId: number): void {
    const word = this.#words[wordIndex] ?? [];
    let write = 0;
    for (let read = 0; read < word.length; read++) {
      const symbol = word[read] ?? 0;
      if (symbol !== left || word[read + 1] !== right) {
        word[write++] = symbol;
        continue;
      }
      const before = write > 0 ? word[write - 1] : undefined;
      const after = word[read + 2];
      if (before !== undefined) {
        this.#remove(wordIndex, before, left);
        this.#add(wordIndex, before, mergedId);
      }
      if (after !== undefined) {
        this.#remove(wordIndex, right, after);
        this.#add(wordIndex, mergedId, after);
      }
      word[write++] = mergedId;
      read++;
    }
    word.length = write;
  }

  #add(wordIndex: number, left: number, right: number): void {
    const pair = this.#pair(left, right);
    pair.count += this.#counts[wordIndex] ?? 0;
    if (pair.newWords.at(-1) !== wordIndex) pair.newWords.push(wordIndex);
    this.#touched.add(pair);
  }

  #remove(wordIndex: number, left: number, right: number): void {
    this.#pair(left, right).count -= this.#counts[wordIndex] ?? 0;
  }

  #pair(left: number, right: number): PairEntry {
    const key = left * ID_LIMIT + right;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { left, right, count: 0, newWords: [] };
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  #enqueueTouched(): void {
    for (const pair of this.#touched) {
      if (pair.count > 0) this.#queue.push({ pair, count: pair.count, words: pair.newWords });
      pair.newWords = [];
    }
    this.#touched.clear();
  }
}

function comesFirst(a: Candidate, b: Candidate): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.pair.left !== b.pair.left ? a.pair.left < b.pair.left : a.pair.right < b.pair.right;
}
