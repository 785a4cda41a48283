/**
 * SentencePiece's byte-pair encoding: a text starts as its characters, and of all neighbours that make a piece together
 * those with the highest score are joined, the leftmost of equals, until there are none.
 *
 * Unlike the BPE of a tokenizer.json it knows no merges: it asks whether the joined text is a piece, so that two unknown
 * characters may become one.
 *
 * @see Sennrich, Haddow and Birch 2016, arXiv:1508.07909, section 3.2
 */
import { PieceCache } from "../../lookup/piece-cache.ts";
import { PrefixMatcher } from "../../lookup/prefix-matcher.ts";
import { BinaryHeap } from "../bpe/heap.ts";
import { endOfWord, staysInWord } from "../bpe/words.ts";
import type { Cut } from "../unigram/best-cut.ts";
import type { SentencePieces } from "./pieces.ts";
import { cutAt, endsOfCharacters, type Segmenter } from "./segmenter.ts";

const NONE = -1;

export class BpeSegmenter implements Segmenter {
  readonly #pieces: SentencePieces;
  readonly #symbols: PrefixMatcher;
  readonly #isSymbol: ReadonlySet<string>;
  /** The place of each piece in the order of merging; equal scores share one. */
  readonly #ranks: Int32Array;
  /** Whether words can be cut one by one, and are remembered. */
  readonly #cutsWords: boolean;
  readonly #words = new PieceCache();

  constructor(pieces: SentencePieces) {
    const symbols = pieces.ofType("user_defined");
    this.#pieces = pieces;
    this.#symbols = new PrefixMatcher(symbols);
    this.#isSymbol = new Set(symbols);
    this.#ranks = ranksOf(pieces.list.map(({ score }) => score));
    // How an unused piece comes apart again depends on the whole text.
    this.#cutsWords =
      pieces.ofType("unused").length === 0 && [...pieces.ofType("normal"), ...symbols].every(staysInWord);
  }

  cut(text: string): Cut {
    if (!this.#cutsWords) return this.#merged(text);
    const ids: number[] = [];
    const ends: number[] = [];
    for (let start = 0; start < text.length; ) {
      const end = endOfWord(text, start);
      this.#cutWord(text, start, end, ids, ends);
      start = end;
    }
    return { ids, ends };
  }

  #cutWord(text: string, start: number, end: number, ids: number[], ends: number[]): void {
    let tokens = this.#words.get(text, start, end, ids);
    if (tokens === undefined) {
      const cut = this.#merged(text.slice(start, end));
      tokens = cut.ids.map((id, index) => ({ id, token: "", start: 0, end: cut.ends[index] as number }));
      this.#words.set(text, start, end, tokens);
      for (const id of cut.ids) ids.push(id);
    }
    for (const token of tokens) ends.push(start + token.end);
  }

  #merged(text: string): Cut {
    const symbols = new SymbolList(endsOfCharacters(text, this.#symbols));
    const frozen = symbols.ends.map((end, index) => this.#isSymbol.has(text.slice(symbols.ends[index - 1] ?? 0, end)));
    const splits = new Map<string, number>();
    const agenda = new BinaryHeap<number>((left, right) => left < right);
    const count = symbols.ends.length;
    const offer = (left: number) => {
      const right = left === NONE ? count : symbols.nextOf(left);
      if (right >= count || frozen[left] || frozen[right]) return;
      const joined = text.slice(symbols.startOf(left), symbols.ends[right]);
      const id = this.#pieces.idInTexts(joined);
      symbols.promise(left, id ?? NONE);
      if (id === undefined) return;
      if (this.#pieces.typeOf(id) === "unused") splits.set(joined, symbols.startOf(right) - symbols.startOf(left));
      agenda.push((this.#ranks[id] as number) * count + left);
    };
    for (let left = 0; left < count; left++) offer(left);
    for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
      const rank = Math.floor(next / count);
      const left = next - rank * count;
      const promised = symbols.promised(left);
      if (promised === NONE || this.#ranks[promised] !== rank) continue; // from before another merge
      symbols.joinWithNext(left);
      offer(symbols.previousOf(left));
      offer(left);
    }
    return cutAt(text, this.#withoutUnused(text, symbols.finalEnds(), splits), this.#pieces);
  }

  /** Takes the unused pieces apart again, each into the two that it was last seen to be made of. */
  #withoutUnused(text: string, ends: readonly number[], splits: ReadonlyMap<string, number>): readonly number[] {
    if (splits.size === 0) return ends;
    const finer: number[] = [];
    const open = ends.map((end, index) => [ends[index - 1] ?? 0, end] as const).reverse();
    for (let range = open.pop(); range !== undefined; range = open.pop()) {
      const [start, end] = range;
      const split = splits.get(text.slice(start, end));
      if (split === undefined) finer.push(end);
      else open.push([start + split, end], [start, start + split]);
    }
    return finer;
  }
}

/** The characters of a text, on their way to pieces: a doubly linked list in typed arrays. */
class SymbolList {
  /** Where each symbol ends; those that were joined with the one before are out of date. */
  readonly ends: number[];
  readonly #starts: Int32Array;
  readonly #previous: Int32Array;
  readonly #next: Int32Array;
  /** The piece that each symbol would make with the one after it. */
  readonly #promised: Int32Array;

  constructor(ends: number[]) {
    this.ends = ends;
    this.#starts = Int32Array.from(ends, (_, index) => ends[index - 1] ?? 0);
    this.#previous = Int32Array.from(ends, (_, index) => index - 1);
    this.#next = Int32Array.from(ends, (_, index) => index + 1);
    this.#promised = new Int32Array(ends.length).fill(NONE);
  }

  startOf(symbol: number): number {
    return this.#starts[symbol] as number; // symbols are below the number of ends
  }

  previousOf(symbol: number): number {
    return this.#previous[symbol] as number;
  }

  /** As many as there were ends, behind the last one. */
  nextOf(symbol: number): number {
    return this.#next[symbol] as number;
  }

  promise(symbol: number, id: number): void {
    this.#promised[symbol] = id;
  }

  promised(symbol: number): number {
    return this.#promised[symbol] as number;
  }

  joinWithNext(symbol: number): void {
    const next = this.nextOf(symbol);
    const after = this.nextOf(next);
    this.ends[symbol] = this.ends[next] as number;
    this.#next[symbol] = after;
    this.#promised[symbol] = NONE;
    this.#promised[next] = NONE;
    if (after < this.ends.length) this.#previous[after] = symbol;
  }

  finalEnds(): number[] {
    const ends: number[] = [];
    for (let at = 0; at < this.ends.length; at = this.nextOf(at)) ends.push(this.ends[at] as number);
    return ends;
  }
}

function ranksOf(scores: readonly number[]): Int32Array {
  const sorted = [...new Set(scores)].sort((left, right) => right - left);
  const places = new Map(sorted.map((score, place) => [score, place] as const));
  return Int32Array.from(scores, (score) => places.get(score) ?? 0);
}
