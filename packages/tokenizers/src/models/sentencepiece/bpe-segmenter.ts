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
import { Joins } from "./joins.ts";
import type { SentencePieces } from "./pieces.ts";
import { cutAt, endsOfCharacters, type Segmenter } from "./segmenter.ts";

const NONE = -1;
/** In place of the id of a user-defined symbol, which never merges. */
const FROZEN = -2;

export class BpeSegmenter implements Segmenter {
  readonly #pieces: SentencePieces;
  readonly #symbols: PrefixMatcher;
  readonly #isSymbol: ReadonlySet<string>;
  readonly #joins: Joins;
  readonly #hasUnused: boolean;
  /** The place of each piece in the order of merging; equal scores share one. */
  readonly #ranks: Int32Array;
  /** Whether words can be cut one by one, and are remembered. */
  readonly #cutsWords: boolean;
  /** Keeps the id and the end of each part of a word, one after the other. */
  readonly #words = new PieceCache();

  constructor(pieces: SentencePieces) {
    const symbols = pieces.ofType("user_defined");
    this.#pieces = pieces;
    this.#symbols = new PrefixMatcher(symbols);
    this.#isSymbol = new Set(symbols);
    this.#joins = new Joins(pieces);
    this.#hasUnused = pieces.ofType("unused").length > 0;
    this.#ranks = ranksOf(pieces.list.map(({ score }) => score));
    // How an unused piece comes apart again depends on the whole text.
    this.#cutsWords = !this.#hasUnused && [...pieces.ofType("normal"), ...symbols].every(staysInWord);
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
    const known: number[] = [];
    if (!this.#words.appendIds(text, start, end, known)) {
      const cut = this.#merged(text.slice(start, end));
      for (const [index, id] of cut.ids.entries()) known.push(id, cut.ends[index] as number);
      this.#words.setIds(text, start, end, known, 0);
    }
    for (let at = 0; at < known.length; at += 2) {
      ids.push(known[at] as number);
      ends.push(start + (known[at + 1] as number));
    }
  }

  #merged(text: string): Cut {
    const ends = endsOfCharacters(text, this.#symbols);
    const symbols = new SymbolList(ends, (start, end) => this.#idOfCharacter(text.slice(start, end)));
    const splits = new Map<string, number>();
    const agenda = new BinaryHeap<number>((left, right) => left < right);
    const count = ends.length;
    const offer = (left: number) => {
      if (left < 0) return;
      const id = this.#idOfJoined(text, symbols, left);
      symbols.promised[left] = id;
      if (id === NONE) return;
      if (this.#hasUnused && this.#pieces.typeOf(id) === "unused") {
        splits.set(text.slice(symbols.starts[left], symbols.endOfNext(left)), symbols.lengthOf(left));
      }
      agenda.push((this.#ranks[id] as number) * count + left);
    };
    for (let left = 0; left < count; left++) offer(left);
    for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
      const rank = Math.floor(next / count);
      const left = next - rank * count;
      const id = symbols.promised[left] as number; // symbols are below the count
      if (id === NONE || this.#ranks[id] !== rank) continue; // from before another merge
      symbols.joinWithNext(left, id);
      offer(symbols.previous[left] as number);
      offer(left);
    }
    if (splits.size > 0) return cutAt(text, withoutUnused(text, symbols.cut().ends, splits), this.#pieces);
    return this.#withAllIds(text, symbols.cut());
  }

  /** Of one that never merges FROZEN, of one that is no piece NONE. */
  #idOfCharacter(character: string): number {
    if (this.#isSymbol.size > 0 && this.#isSymbol.has(character)) return FROZEN;
    return this.#pieces.idInTexts(character) ?? NONE;
  }

  #idOfJoined(text: string, symbols: SymbolList, left: number): number {
    const right = symbols.next[left] as number;
    if (right >= symbols.count) return NONE;
    const [leftId, rightId] = [symbols.ids[left] as number, symbols.ids[right] as number];
    if (leftId >= 0 && rightId >= 0) return this.#joins.idOf(leftId, rightId);
    if (leftId === FROZEN || rightId === FROZEN) return NONE;
    return this.#pieces.idInTexts(text.slice(symbols.starts[left], symbols.ends[right])) ?? NONE;
  }

  #withAllIds(text: string, { ids, ends }: Cut): Cut {
    const idOf = (index: number) => this.#pieces.idOfPart(text.slice(ends[index - 1] ?? 0, ends[index]));
    return { ids: ids.map((id, index) => (id >= 0 ? id : idOf(index))), ends };
  }
}

/** Takes the unused pieces apart again, each into the two that it was last seen to be made of. */
function withoutUnused(text: string, ends: readonly number[], splits: ReadonlyMap<string, number>): number[] {
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

/** The characters of a text, on their way to pieces: a doubly linked list in typed arrays. */
class SymbolList {
  readonly count: number;
  readonly starts: Int32Array;
  /** Those of symbols that were joined with the one before are out of date. */
  readonly ends: Int32Array;
  readonly ids: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
  /** The piece that each symbol would make with the one after it, or NONE. */
  readonly promised: Int32Array;

  constructor(ends: readonly number[], idOf: (start: number, end: number) => number) {
    this.count = ends.length;
    this.starts = new Int32Array(this.count);
    this.ends = new Int32Array(ends);
    this.ids = new Int32Array(this.count);
    this.previous = new Int32Array(this.count);
    this.next = new Int32Array(this.count);
    this.promised = new Int32Array(this.count);
    let start = 0;
    for (let symbol = 0; symbol < this.count; symbol++) {
      const end = ends[symbol] as number;
      this.starts[symbol] = start;
      this.ids[symbol] = idOf(start, end);
      this.previous[symbol] = symbol - 1;
      this.next[symbol] = symbol + 1;
      start = end;
    }
  }

  lengthOf(symbol: number): number {
    return (this.ends[symbol] as number) - (this.starts[symbol] as number);
  }

  /** Where the symbol after this one ends, which there must be. */
  endOfNext(symbol: number): number {
    return this.ends[this.next[symbol] as number] as number;
  }

  joinWithNext(symbol: number, id: number): void {
    const next = this.next[symbol] as number;
    const after = this.next[next] as number;
    this.ends[symbol] = this.ends[next] as number;
    this.ids[symbol] = id;
    this.next[symbol] = after;
    this.promised[next] = NONE;
    if (after < this.count) this.previous[after] = symbol;
  }

  /** What is left, with the ids that are known. */
  cut(): Cut {
    const ids: number[] = [];
    const ends: number[] = [];
    for (let at = 0; at < this.count; at = this.next[at] as number) {
      ids.push(this.ids[at] as number);
      ends.push(this.ends[at] as number);
    }
    return { ids, ends };
  }
}

function ranksOf(scores: readonly number[]): Int32Array {
  const sorted = [...new Set(scores)].sort((left, right) => right - left);
  const places = new Map(sorted.map((score, place) => [score, place] as const));
  return Int32Array.from(scores, (score) => places.get(score) ?? 0);
}
