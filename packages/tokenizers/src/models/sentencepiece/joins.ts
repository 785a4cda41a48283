/** Which two pieces make a third one when they stand side by side: all that a vocabulary says about merging. */
import { PairMap } from "../bpe/pair-map.ts";
import type { SentencePieces } from "./pieces.ts";

export class Joins {
  readonly #ids = new PairMap();

  constructor(pieces: SentencePieces) {
    const inTexts = pieces.list.map(({ piece }) => piece).filter((piece) => pieces.idInTexts(piece) !== undefined);
    const lengths = new Set(inTexts.map((piece) => piece.length)); // spares most looks into a very long piece
    for (const piece of inTexts) {
      const id = pieces.idInTexts(piece) ?? 0; // of those that have one
      for (let at = 1; at < piece.length; at++) {
        if (!lengths.has(at) || !lengths.has(piece.length - at)) continue;
        const left = pieces.idInTexts(piece.slice(0, at));
        const right = left === undefined ? undefined : pieces.idInTexts(piece.slice(at));
        if (left !== undefined && right !== undefined) this.#ids.set(left, right, id);
      }
    }
  }

  /** The id of the piece that two others make, or -1. */
  idOf(left: number, right: number): number {
    return this.#ids.get(left, right);
  }
}
