/** From the options of a search to the search. */
import { type RandomStream, Rng } from "@cellstate/tensor";
import { SweepError } from "./errors.ts";
import { allAtOnce } from "./methods/all-at-once.ts";
import { hyperband, hyperbandSize } from "./methods/hyperband.ts";
import { gridPoints, latinHypercubePoints, randomPoints } from "./methods/points.ts";
import { successiveHalving } from "./methods/successive-halving.ts";
import { treeParzen } from "./methods/tree-parzen.ts";
import { type Direction, type Method, Search } from "./search.ts";
import type { Space, Values } from "./space.ts";

/** How points are made that are known from the start. */
export const POINT_METHODS = ["grid", "random", "latin-hypercube"] as const;
type PointMethod = (typeof POINT_METHODS)[number];

/** What all methods have. */
interface CommonOptions {
  readonly parameters: Space;
  /** Decides which points are drawn. Default 0. */
  readonly seed?: number | undefined;
}

/** How many points are tried; a grid tries all of its own. */
interface PointsOptions {
  readonly points?: number | undefined;
}

/** Options of a search by its method, as the schema of `@cellstate/sweep/config` has them. */
export type SearchOptions = CommonOptions &
  (
    | ({ readonly method: PointMethod } & PointsOptions)
    | ({
        readonly method: "successive-halving";
        /** Default `random`. */
        readonly sampler?: PointMethod | undefined;
        readonly minEpochs?: number | undefined;
        readonly reduction?: number | undefined;
      } & PointsOptions)
    | {
        readonly method: "hyperband";
        /** Default `random`. */
        readonly sampler?: Exclude<PointMethod, "grid"> | undefined;
        readonly minEpochs?: number | undefined;
        readonly reduction?: number | undefined;
        readonly rounds?: number | undefined;
      }
    | {
        readonly method: "bayesian";
        readonly points: number;
        readonly startPoints?: number | undefined;
        readonly batchSize?: number | undefined;
      }
  );

/** What a search needs to know of that which is trained. */
export interface SearchedTraining {
  readonly direction: Direction;
  /** Epochs of a whole training. */
  readonly epochs: number;
}

/**
 * A search that has asked for its first trials. They and all that follow depend on the options and on what it is told only, and are
 * the same on every machine.
 *
 * @throws {SweepError} if the space or an option cannot be
 */
export function createSearch(options: SearchOptions, training: SearchedTraining): Search {
  return new Search(methodOf(options, training, new Rng(options.seed ?? 0).stream("sweep")));
}

function methodOf(options: SearchOptions, { direction, epochs }: SearchedTraining, stream: RandomStream): Method {
  const { parameters } = options;
  switch (options.method) {
    case "grid":
    case "random":
    case "latin-hypercube":
      return allAtOnce(pointsBy(options.method, options, stream));
    case "successive-halving": {
      const { sampler = "random", minEpochs, reduction } = options;
      return successiveHalving(pointsBy(sampler, options, stream), { direction, epochs, minEpochs, reduction });
    }
    case "hyperband": {
      const { sampler = "random", minEpochs, reduction, rounds } = options;
      const brackets = { direction, epochs, minEpochs, reduction, rounds };
      return hyperband(pointsBy(sampler, { parameters, points: hyperbandSize(brackets) }, stream), brackets);
    }
    case "bayesian": {
      const { points, startPoints, batchSize } = options;
      return treeParzen(parameters, { direction, points, startPoints, batchSize, stream });
    }
    default:
      return options satisfies never;
  }
}

function pointsBy(
  method: PointMethod,
  { parameters, points }: CommonOptions & PointsOptions,
  stream: RandomStream,
): readonly Values[] {
  if (method === "grid") {
    if (points === undefined) return gridPoints(parameters);
    throw new SweepError("points: a grid tries all of its points; leave out points, or take another method");
  }
  if (points === undefined) throw new SweepError(`points: ${method} needs to know how many, such as points: 20`);
  return method === "random"
    ? randomPoints(parameters, points, stream)
    : latinHypercubePoints(parameters, points, stream);
}
