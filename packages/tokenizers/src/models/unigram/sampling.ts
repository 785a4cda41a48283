/**
 * Draws a path of a lattice: first the total probability of all ways from each place to the end, then a walk from the
 * start that chooses each edge by its share.
 *
 * @see Kudo 2018, arXiv:1804.10959, section 3.1 (subword regularization)
 * @see Scott 2002, "Bayesian Methods for Hidden Markov Models", JASA 97 (forward filtering, backward sampling; here
 *   the two directions are exchanged)
 */
import type { Lattice } from "./lattice.ts";
import { firstEdgeOfStarts } from "./n-best.ts";
import { exp, logAddExp } from "./portable-math.ts";

/**
 * @param alpha  exponent of the probabilities, >= 0: 0 makes all paths equally likely, large values choose the best
 * @param random next number of a seeded stream, uniform in `[0, 1)`
 * @returns the edges, or undefined where no path leads to the end
 */
export function samplePath(lattice: Lattice, alpha: number, random: () => number): number[] | undefined {
  const { length, edgeCount, starts, ends, scores } = lattice;
  const toEnd = logSumsToEnd(lattice, alpha);
  if (toEnd[0] === Number.NEGATIVE_INFINITY) return undefined;
  const firstEdges = firstEdgeOfStarts(lattice);
  const path: number[] = [];
  for (let at = 0; at < length; ) {
    let left = random();
    let chosen = -1;
    for (let edge = firstEdges[at] ?? edgeCount; edge < edgeCount && starts[edge] === at; edge++) {
      const share = exp(alpha * (scores[edge] ?? 0) + (toEnd[ends[edge] ?? 0] ?? 0) - (toEnd[at] ?? 0));
      if (share === 0) continue;
      chosen = edge; // also where rounding leaves the shares a little below 1
      left -= share;
      if (left < 0) break;
    }
    path.push(chosen);
    at = ends[chosen] ?? length;
  }
  return path;
}

/** Log of the summed probability, to the power of alpha, of all ways from each place to the end. */
function logSumsToEnd({ length, edgeCount, starts, ends, scores }: Lattice, alpha: number): Float64Array {
  const sums = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  sums[length] = 0;
  for (let edge = edgeCount - 1; edge >= 0; edge--) {
    const start = starts[edge] ?? 0;
    const rest = sums[ends[edge] ?? 0] ?? 0;
    if (rest === Number.NEGATIVE_INFINITY) continue;
    sums[start] = logAddExp(sums[start] ?? 0, alpha * (scores[edge] ?? 0) + rest);
  }
  return sums;
}
