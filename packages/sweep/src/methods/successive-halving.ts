/**
 * Successive halving: all points train a little, the best part of them trains on, and so forth (Jamieson & Talwalkar 2016,
 * arXiv:1502.07943).
 */
import { SweepError } from "../errors.ts";
import { type Direction, type Method, rank, type Trial } from "../search.ts";
import type { Values } from "../space.ts";

export interface HalvingOptions {
  readonly direction: Direction;
  /** Epochs of a whole training. */
  readonly epochs: number;
  /** Epochs after which the first points are given up. Default 1. */
  readonly minEpochs?: number | undefined;
  /** One of so many points goes on, for so many times the epochs. At least 2. Default 2. */
  readonly reduction?: number | undefined;
}

/**
 * Yields all points up to the first rung, then those that go on up to the next one; the last rung is the whole training.
 *
 * @throws {SweepError} unless `1 <= minEpochs < epochs` and `reduction` is a number from 2
 */
export function* successiveHalving(points: readonly Values[], options: HalvingOptions): Method {
  const { direction, reduction = 2 } = options;
  const trials = points.map((values, index) => ({ point: index + 1, values }));
  yield* halve(trials, { rungs: rungsOf(options), direction, reduction });
}

/** What trials go through, from the first rung to the last. */
export interface Rungs {
  readonly direction: Direction;
  /** One of so many goes on. */
  readonly reduction: number;
  /** Epochs of each; undefined for the whole training. */
  readonly rungs: readonly (number | undefined)[];
}

/** Yields all trials for the first rung, and for each further one the best of every `reduction` of those before it. */
export function* halve(all: readonly Trial[], { rungs, direction, reduction }: Rungs): Method {
  let trials = all;
  for (const epochs of rungs) {
    if (trials.length === 0) return;
    const outcomes = yield trials.map((trial) => ({ ...trial, epochs }));
    const good = rank(outcomes, direction).filter(({ score }) => score !== undefined);
    const kept = good.slice(0, Math.max(1, Math.floor(trials.length / reduction))).map(({ point }) => point);
    trials = trials.filter(({ point }) => kept.includes(point));
  }
}

/** Epochs of each rung; undefined for the last, which is the whole training. */
function rungsOf({ epochs, minEpochs = 1, reduction = 2 }: HalvingOptions): readonly (number | undefined)[] {
  checkRungs("successive halving", { epochs, minEpochs, reduction });
  const rungs: number[] = [];
  for (let rung = minEpochs; rung < epochs; rung = Math.ceil(rung * reduction)) rungs.push(rung);
  return [...rungs, undefined];
}

/** @throws {SweepError} unless `1 <= minEpochs < epochs` and `reduction` is a number from 2 */
export function checkRungs(
  method: string,
  { epochs, minEpochs, reduction }: Readonly<Record<"epochs" | "minEpochs" | "reduction", number>>,
): void {
  if (!(Number.isInteger(minEpochs) && minEpochs >= 1 && minEpochs < epochs)) {
    throw new SweepError(
      `${method}: expected minEpochs to be a whole number below the ${epochs} epochs of a training, got ${minEpochs}`,
    );
  }
  if (!(reduction >= 2)) throw new SweepError(`${method}: expected reduction from 2, got ${reduction}`);
}
