/**
 * The n best paths of a lattice, by A* search: partial paths from the start, ordered by their score so far plus the
 * exact score of the best way to the end, so that paths come out best first and none is explored in vain.
 *
 * @see Nagata 1994, "A Stochastic Japanese Morphological Analyzer Using a Forward-DP Backward-A* N-Best Search
 *   Algorithm", COLING 1994; here the two directions are exchanged
 */
import { BinaryHeap } from "../bpe/heap.ts";
import type { Lattice } from "./lattice.ts";

interface LatticePath {
  readonly edges: readonly number[];
  /** Natural log of its probability. */
  readonly score: number;
}

interface PartialPath {
  readonly end: number;
  readonly edge: number;
  readonly previous: PartialPath | undefined;
  /** Of the edges so far. */
  readonly score: number;
  /** `score` plus that of the best way to the end. */
  readonly total: number;
  /** How many paths were made before: decides between equals. */
  readonly order: number;
}

/** At most `n` paths, best first; fewer where the lattice has no more. */
export function nBestPaths(lattice: Lattice, n: number): LatticePath[] {
  const { length, starts, ends, scores } = lattice;
  const toEnd = scoresToEnd(lattice);
  const firstEdges = firstEdgeOfStarts(lattice);
  const queue = new BinaryHeap<PartialPath>(
    (left, right) => left.total > right.total || (left.total === right.total && left.order < right.order),
  );
  let order = 0;
  queue.push({ end: 0, edge: -1, previous: undefined, score: 0, total: toEnd[0] ?? 0, order });
  const paths: LatticePath[] = [];
  while (paths.length < n) {
    const path = queue.pop();
    if (path === undefined) break;
    if (path.end === length) {
      paths.push({ edges: edgesOf(path), score: path.score });
      continue;
    }
    for (let edge = firstEdges[path.end] ?? -1; edge !== -1 && starts[edge] === path.end; edge++) {
      if (edge >= lattice.edgeCount) break;
      const end = ends[edge] ?? length;
      const score = path.score + (scores[edge] ?? 0);
      const total = score + (toEnd[end] ?? 0);
      if (total !== Number.NEGATIVE_INFINITY) queue.push({ end, edge, previous: path, score, total, order: ++order });
    }
  }
  return paths;
}

/** The first edge that starts at each place, or -1. */
export function firstEdgeOfStarts({ length, edgeCount, starts }: Lattice): Int32Array {
  const first = new Int32Array(length + 1).fill(-1);
  for (let edge = edgeCount - 1; edge >= 0; edge--) first[starts[edge] ?? 0] = edge;
  return first;
}

/** The score of the best way from each place to the end; -Infinity where there is none. */
function scoresToEnd({ length, edgeCount, starts, ends, scores }: Lattice): Float64Array {
  const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  best[length] = 0;
  for (let edge = edgeCount - 1; edge >= 0; edge--) {
    const start = starts[edge] ?? 0;
    const score = (scores[edge] ?? 0) + (best[ends[edge] ?? 0] ?? 0);
    if (score > (best[start] ?? 0)) best[start] = score;
  }
  return best;
}

function edgesOf(path: PartialPath): number[] {
  const edges: number[] = [];
  for (let at: PartialPath | undefined = path; at !== undefined && at.edge !== -1; at = at.previous)
    edges.push(at.edge);
  return edges.reverse();
}
