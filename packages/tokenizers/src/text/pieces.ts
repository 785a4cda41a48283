/** A text and the pieces that pre-tokenization has cut it into so far. */

import { AlignedText } from "./aligned-text.ts";
import { Alignment } from "./alignment.ts";

export interface Pieces {
  readonly source: AlignedText;
  /** Start and end of each piece in UTF-16 code units of the source, all in one list, in rising order; none is empty. */
  readonly ranges: readonly number[];
}

/**
 * Cuts units `[start, end)` of a text, at least one, without a look at what is around them: appends start and end of each
 * piece to `ranges`, in rising order; none is empty.
 */
export type RangeCutter = (text: string, start: number, end: number, ranges: number[]) => void;

/** A text that is one piece, or none if it is empty. */
export function onePiece(source: AlignedText): Pieces {
  return { source, ranges: source.text === "" ? [] : [0, source.text.length] };
}

/** Cuts each piece further. */
export function cutEach({ source, ranges }: Pieces, cut: RangeCutter): Pieces {
  const finer: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) cut(source.text, ranges[i] ?? 0, ranges[i + 1] ?? 0, finer);
  return { source, ranges: finer };
}

/** Replaces each piece with another text, not empty; what is between pieces is left out. */
export function rewriteEach(pieces: Pieces, rewrite: (piece: AlignedText) => AlignedText): Pieces {
  const rewritten = separate(pieces).map(rewrite);
  const [first] = rewritten;
  if (first === undefined) return pieces;
  if (rewritten.length === 1) return onePiece(first);
  const alignment = new Alignment();
  const ranges: number[] = [];
  for (const piece of rewritten) {
    ranges.push(alignment.length, alignment.length + piece.text.length);
    piece.appendTo(alignment, 0, piece.text.length);
  }
  const text = rewritten.map((piece) => piece.text).join("");
  return { source: AlignedText.aligned(text, alignment, first.origin), ranges };
}

/** Each piece as a text of its own. */
export function separate({ source, ranges }: Pieces): AlignedText[] {
  const texts: AlignedText[] = [];
  for (let i = 0; i < ranges.length; i += 2) texts.push(source.slice(ranges[i] ?? 0, ranges[i + 1] ?? 0));
  return texts;
}
