/**
 * SentencePiece's unigram model: the cut with the largest sum of scores, where sums are those of float32, so that ties are
 * decided as there.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.2
 */
import { TokenTrie } from "../../lookup/token-trie.ts";
import { type Cut, CutFinder } from "../unigram/best-cut.ts";
import { Lattice } from "../unigram/lattice.ts";
import type { SentencePiece, SentencePieces } from "./pieces.ts";
import type { Segmenter } from "./segmenter.ts";

/** The score of an unknown character is this much below that of the least likely normal piece. */
const UNKNOWN_PENALTY = 10;

/** User-defined symbols score this much for each byte beyond the first, which other pieces, below 0, do not reach. */
const BONUS_OF_BYTE = 0.1;

export class UnigramSegmenter implements Segmenter {
  /** All cuts of a text, for others than the best one. */
  readonly lattice: Lattice;
  readonly #cuts: CutFinder;

  constructor({ list, unkId }: SentencePieces) {
    const scores = Float64Array.from(list, scoreOf);
    const normal = list.filter(({ type }) => type === "normal").map(({ score }) => score);
    const least = normal.reduce((left, right) => Math.min(left, right), LARGEST_FLOAT32);
    const unknown = { id: unkId, score: Math.fround(least - UNKNOWN_PENALTY) };
    const trie = new TokenTrie(list.map((piece) => (isChosen(piece) ? piece.piece : "")));
    this.#cuts = new CutFinder(trie, scores, unknown, "float32");
    this.lattice = new Lattice(trie, scores, unknown);
  }

  cut(text: string): Cut {
    return this.#cuts.find(text) ?? { ids: [], ends: [] };
  }
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

function isChosen({ type }: SentencePiece): boolean {
  return type === "normal" || type === "user_defined";
}

function scoreOf({ piece, score, type }: SentencePiece): number {
  if (type !== "user_defined") return score;
  return Math.fround(BONUS_OF_BYTE * (new TextEncoder().encode(piece).length - 1));
}
