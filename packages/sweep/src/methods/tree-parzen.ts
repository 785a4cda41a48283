/**
 * Bayesian search by a tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"): draws
 * values from the density of good points, and takes those that are likely among good points and unlikely among the others.
 *
 * Proposals come in batches of a fixed size. Those of one batch count as bad ones for the next proposal of it, so that they differ
 * although nothing is known of them yet.
 */
import type { RandomStream } from "@cellstate/tensor";
import { type Direction, type Method, type Outcome, rank } from "../search.ts";
import { checkSpace, isChoice, type Shares, type Space, textOf, valuesOf } from "../space.ts";
import { choiceDensity, type Density, rangeDensity } from "./parzen-density.ts";
import { latinHypercube, randomShares } from "./points.ts";

export interface TreeParzenOptions {
  readonly direction: Direction;
  /** Points in all. */
  readonly points: number;
  /** Points of a Latin hypercube that it begins with. Default 8. */
  readonly startPoints?: number | undefined;
  /** Points that are proposed together. Default 4. */
  readonly batchSize?: number | undefined;
  readonly stream: RandomStream;
}

/** Share of the points that count as good. */
const GOOD_SHARE = 0.2;
/** Draws of each parameter from which the best is taken, as many as in the paper. */
const CANDIDATES = 24;
/** Proposals that are thrown away since the point was tried before, until any point will do. */
const ATTEMPTS = 20;

/** A point that was asked for. */
interface Asked {
  readonly point: number;
  readonly shares: Shares;
}

export function* treeParzen(space: Space, options: TreeParzenOptions): Method {
  checkSpace(space);
  const { direction, points, startPoints = 8, batchSize = 4, stream } = options;
  const asked: Asked[] = latinHypercube(space, Math.min(points, startPoints), stream.fork("start")).map(
    (shares, index) => ({ point: index + 1, shares }),
  );
  const outcomes: Outcome[] = [];
  let batch: readonly Asked[] = asked.slice();
  while (batch.length > 0) {
    outcomes.push(...(yield batch.map(({ point, shares }) => ({ point, values: valuesOf(space, shares) }))));
    const ranked = rank(outcomes, direction).map(({ point }) => asked[point - 1]!.shares);
    const goodCount = Math.ceil(GOOD_SHARE * ranked.length);
    const good = ranked.slice(0, goodCount);
    const next = Math.min(batchSize, points - asked.length);
    const first = asked.length;
    for (let index = 0; index < next; index++) {
      const pending = asked.slice(first).map(({ shares }) => shares);
      const bad = [...ranked.slice(goodCount), ...pending];
      const tried = new Set(asked.map(({ shares }) => textOf(valuesOf(space, shares))));
      const point = asked.length + 1;
      asked.push({ point, shares: newPoint(space, { good, bad, tried, stream: stream.fork(`point ${point}`) }) });
    }
    batch = asked.slice(first);
  }
}

interface Known {
  readonly good: readonly Shares[];
  readonly bad: readonly Shares[];
  /** Texts of all points so far. */
  readonly tried: ReadonlySet<string>;
  readonly stream: RandomStream;
}

/** A point that was not tried yet, as long as one is found. */
function newPoint(space: Space, known: Known): Shares {
  const { tried, stream } = known;
  const isNew = (shares: Shares) => !tried.has(textOf(valuesOf(space, shares)));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const shares = propose(space, known, attempt);
    if (isNew(shares)) return shares;
  }
  const others = Array.from({ length: ATTEMPTS }, (_, index) => randomShares(space, stream.fork("any"), index));
  return others.find(isNew) ?? others[0]!;
}

function propose(space: Space, { good, bad, stream }: Known, attempt: number): Shares {
  const shares = Object.entries(space).map(([name, parameter]) => {
    const own = stream.fork(name).fork(String(attempt));
    const densityOf = (points: readonly Shares[]): Density => {
      const known = points.map((point) => point[name]!);
      return isChoice(parameter) ? choiceDensity(known, parameter.length) : rangeDensity(known);
    };
    return [name, bestOf(densityOf(good), densityOf(bad), own)] as const;
  });
  return Object.fromEntries(shares);
}

/** Of draws from the good density the one with the largest ratio of both, which is the one of the largest expected improvement. */
function bestOf(good: Density, bad: Density, stream: RandomStream): number {
  let best = 0;
  let bestRatio = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < CANDIDATES; index++) {
    const share = good.draw(stream.uniformAt(2 * index), stream.uniformAt(2 * index + 1));
    const ratio = good.at(share) / bad.at(share);
    if (ratio > bestRatio) [best, bestRatio] = [share, ratio];
  }
  return best;
}
