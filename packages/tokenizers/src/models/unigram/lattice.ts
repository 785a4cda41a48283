/**
 * The lattice of a piece: every token of the vocabulary that stands in it, as an edge from its start to its end.
 *
 * A path from 0 to the end of the piece is a segmentation, and the sum of its scores is the natural log of its
 * probability. Edges are flat arrays in rising order of their starts, so that one pass forwards, or one backwards,
 * sees the ways into a place before the ways out of it. A lattice is filled again for each piece and keeps its arrays.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2
 */
import { TokenTrie } from "../../lookup/token-trie.ts";
import { codePointLength } from "../../text/unicode.ts";
import type { Cut } from "./best-cut.ts";

/** Stands for a character that is not a token. */
export interface UnknownEdge {
  readonly id: number;
  readonly score: number;
}

export class Lattice {
  /** Length of the piece in UTF-16 code units. */
  length = 0;
  edgeCount = 0;
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);
  ids: Int32Array = new Int32Array(64);
  scores: Float64Array = new Float64Array(64);
  readonly #trie: TokenTrie;
  readonly #tokenScores: Float64Array;
  readonly #unknown: UnknownEdge | undefined;
  #bestScores = new Float64Array(64);
  #bestEdges = new Int32Array(64);

  /**
   * @param tokenScores natural-log probability of each token
   * @param unknown the edge over a character that is no token by itself; without it such a character has none
   */
  constructor(trie: TokenTrie, tokenScores: Float64Array, unknown?: UnknownEdge) {
    this.#trie = trie;
    this.#tokenScores = tokenScores;
    this.#unknown = unknown;
  }

  /** Puts in the edges of a piece: linear in its length times that of the longest token. */
  fill(piece: string): void {
    this.length = piece.length;
    this.edgeCount = 0;
    for (let start = 0; start < piece.length; ) {
      const next = start + codePointLength(piece, start);
      const single = this.#addTokensAt(piece, start, next);
      if (!single && this.#unknown !== undefined) this.#addEdge(start, next, this.#unknown.id, this.#unknown.score);
      start = next;
    }
  }

  /**
   * The edges of the best path in order, or undefined where no path leads to the end. Of paths with equal scores it is
   * the one whose tokens are longer at the end, as in Hugging Face's library and SentencePiece.
   *
   * @param without an edge that the path may not take
   */
  bestPath(without = -1): number[] | undefined {
    const { length, edgeCount, starts, ends, scores } = this;
    if (this.#bestScores.length <= length) {
      this.#bestScores = new Float64Array(2 * length);
      this.#bestEdges = new Int32Array(2 * length);
    }
    const best = this.#bestScores.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    const bestEdges = this.#bestEdges.fill(-1, 0, length + 1);
    best[0] = 0;
    for (let edge = 0; edge < edgeCount; edge++) {
      if (edge === without) continue;
      const end = ends[edge] as number; // edges below edgeCount are there
      const score = (scores[edge] as number) + (best[starts[edge] as number] as number);
      if (score > (best[end] as number)) {
        best[end] = score;
        bestEdges[end] = edge;
      }
    }
    return this.#pathTo(length, bestEdges);
  }

  /** The tokens of a path's edges. */
  cutAlong(path: readonly number[]): Cut {
    return { ids: path.map((edge) => this.ids[edge] ?? 0), ends: path.map((edge) => this.ends[edge] ?? 0) };
  }

  /** Adds the tokens that start at a place; true if one of them is the single character up to `next`. */
  #addTokensAt(piece: string, start: number, next: number): boolean {
    let single = false;
    let node: number = TokenTrie.ROOT;
    for (let at = start; at < piece.length; at++) {
      node = this.#trie.step(node, piece.charCodeAt(at));
      if (node === TokenTrie.NONE) break;
      const id = this.#trie.idAt(node);
      if (id === TokenTrie.NONE) continue;
      this.#addEdge(start, at + 1, id, this.#tokenScores[id] ?? 0);
      if (at + 1 === next) single = true;
    }
    return single;
  }

  #addEdge(start: number, end: number, id: number, score: number): void {
    const edge = this.edgeCount++;
    if (edge === this.starts.length) this.#grow();
    this.starts[edge] = start;
    this.ends[edge] = end;
    this.ids[edge] = id;
    this.scores[edge] = score;
  }

  #grow(): void {
    const capacity = 2 * this.starts.length;
    const widen = (from: Int32Array) => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    this.starts = widen(this.starts);
    this.ends = widen(this.ends);
    this.ids = widen(this.ids);
    const scores = new Float64Array(capacity);
    scores.set(this.scores);
    this.scores = scores;
  }

  #pathTo(end: number, bestEdges: Int32Array): number[] | undefined {
    const path: number[] = [];
    for (let at = end; at > 0; ) {
      const edge = bestEdges[at] ?? -1;
      if (edge === -1) return undefined;
      path.push(edge);
      at = this.starts[edge] ?? 0;
    }
    return path.reverse();
  }
}
