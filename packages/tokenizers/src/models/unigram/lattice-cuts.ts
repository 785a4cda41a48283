/** Cuts of a piece other than the best: the n best, or one at random. */
import { UnknownTokenError } from "../../errors.ts";
import type { Cut } from "./best-cut.ts";
import type { Lattice } from "./lattice.ts";
import { nBestPaths } from "./n-best.ts";
import { samplePath } from "./sampling.ts";

interface ScoredCut {
  readonly cut: Cut;
  /** Natural log of its probability. */
  readonly score: number;
}

/**
 * The `n` most likely cuts, best first; fewer if there are no more.
 *
 * @throws {RangeError} if `n` is not an integer >= 1
 * @throws {UnknownTokenError} if the tokens cannot make up the piece and there is no unknown token
 */
export function nBestCuts(lattice: Lattice, piece: string, n: number): ScoredCut[] {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`nBest: expected n to be an integer >= 1, got ${n}`);
  lattice.fill(piece);
  const paths = nBestPaths(lattice, n);
  if (paths.length === 0) throw new UnknownTokenError(piece);
  return paths.map(({ edges, score }) => ({ cut: lattice.cutAlong(edges), score }));
}

/**
 * A random cut, drawn with its probability to the power of `alpha`.
 *
 * @param random next number of a seeded stream, uniform in `[0, 1)`
 * @throws {RangeError} if `alpha` is below 0 or not a finite number
 * @throws {UnknownTokenError} as `nBestCuts`
 */
export function randomCut(lattice: Lattice, piece: string, alpha: number, random: () => number): Cut {
  if (!(alpha >= 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`sample: expected alpha to be a finite number >= 0, got ${alpha}`);
  }
  lattice.fill(piece);
  const path = samplePath(lattice, alpha, random);
  if (path === undefined) throw new UnknownTokenError(piece);
  return lattice.cutAlong(path);
}
