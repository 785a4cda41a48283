/**
 * The likeliest cut of a piece, found without its lattice: of the ways to each place only the best is kept, so that
 * memory is linear in the length of the piece, whatever the vocabulary.
 *
 * @see Viterbi 1967, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm"
 */
import { TokenTrie } from "../../lookup/token-trie.ts";
import { codePointLength } from "../../text/unicode.ts";
import type { UnknownEdge } from "./lattice.ts";

/** Tokens one behind the other from the start of a piece: the id of each, and where it ends. */
export interface Cut {
  readonly ids: readonly number[];
  readonly ends: readonly number[];
}

export class CutFinder {
  readonly #trie: TokenTrie;
  readonly #tokenScores: Float64Array;
  readonly #unknown: UnknownEdge | undefined;
  readonly #adds: "float64" | "float32";
  /** Per place of the piece the score of the best way there, its last token and where that starts. */
  #scores = new Float64Array(64);
  #ids = new Int32Array(64);
  #starts = new Int32Array(64);

  /**
   * @param unknown as of a lattice
   * @param adds how sums are rounded, which decides between nearly equal cuts. Default "float64"
   */
  constructor(
    trie: TokenTrie,
    tokenScores: Float64Array,
    unknown?: UnknownEdge,
    adds: "float64" | "float32" = "float64",
  ) {
    this.#trie = trie;
    this.#tokenScores = tokenScores;
    this.#unknown = unknown;
    this.#adds = adds;
  }

  /** Undefined where no cut leads to the end. Of cuts with equal scores the one that `Lattice.bestPath` takes. */
  find(piece: string): Cut | undefined {
    this.#makeRoom(piece.length);
    this.#scores.fill(Number.NEGATIVE_INFINITY, 1, piece.length + 1);
    this.#scores[0] = 0;
    for (let start = 0; start < piece.length; ) {
      const next = start + codePointLength(piece, start);
      this.#goOnFrom(piece, start, next);
      start = next;
    }
    return this.#scores[piece.length] === Number.NEGATIVE_INFINITY ? undefined : this.#cutUpTo(piece.length);
  }

  /** Takes each token at `start`, and the unknown one where the character up to `next` is none. */
  #goOnFrom(piece: string, start: number, next: number): void {
    const score = this.#scores[start] as number; // places up to the end of the piece are there
    if (score === Number.NEGATIVE_INFINITY) return;
    let isKnown = false;
    let node: number = TokenTrie.ROOT;
    for (let at = start; at < piece.length; at++) {
      node = this.#trie.step(node, piece.charCodeAt(at));
      if (node === TokenTrie.NONE) break;
      const id = this.#trie.idAt(node);
      if (id === TokenTrie.NONE) continue;
      this.#reach(at + 1, score + (this.#tokenScores[id] as number), id, start);
      if (at + 1 === next) isKnown = true;
    }
    if (!isKnown && this.#unknown !== undefined) {
      this.#reach(next, score + this.#unknown.score, this.#unknown.id, start);
    }
  }

  #reach(end: number, sum: number, id: number, start: number): void {
    const score = this.#adds === "float32" ? Math.fround(sum) : sum;
    if (score <= (this.#scores[end] as number)) return;
    this.#scores[end] = score;
    this.#ids[end] = id;
    this.#starts[end] = start;
  }

  #cutUpTo(length: number): Cut {
    const ids: number[] = [];
    const ends: number[] = [];
    for (let end = length; end > 0; end = this.#starts[end] as number) {
      ids.push(this.#ids[end] as number);
      ends.push(end);
    }
    return { ids: ids.reverse(), ends: ends.reverse() };
  }

  #makeRoom(length: number): void {
    if (length < this.#scores.length) return;
    const room = Math.max(2 * this.#scores.length, length + 1); // no more than it needs for one huge piece
    this.#scores = new Float64Array(room);
    this.#ids = new Int32Array(room);
    this.#starts = new Int32Array(room);
  }
}
