/**
 * Hyperband: brackets of successive halving, from one that gives many points up after few epochs to one that trains few to the end, for
 * nobody knows beforehand how early a score tells (Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar 2018, JMLR 18(185), algorithm 1).
 */
import { SweepError } from "../errors.ts";
import type { Direction, Method } from "../search.ts";
import type { Values } from "../space.ts";
import { checkRungs, halve } from "./successive-halving.ts";

export interface HyperbandOptions {
  readonly direction: Direction;
  /** Epochs of a whole training: R of the paper. */
  readonly epochs: number;
  /** Fewest epochs after which a point is given up. Default 1. */
  readonly minEpochs?: number | undefined;
  /** One of so many points goes on, for so many times the epochs: eta of the paper. At least 2. Default 3. */
  readonly reduction?: number | undefined;
  /** How often all brackets are tried, with new points each time. Default 1. */
  readonly rounds?: number | undefined;
}

/** One bracket: how many points begin, and where the best of them go on. */
export interface Bracket {
  readonly points: number;
  /** Epochs of each rung; undefined for the last, which is the whole training. */
  readonly rungs: readonly (number | undefined)[];
}

/**
 * The brackets of one round, the one that gives up earliest first. Of `s` rungs before the last it has
 * `ceil((sMax + 1) / (s + 1) * reduction^s)` points, so that all brackets train about as many epochs.
 *
 * @throws {SweepError} unless `1 <= minEpochs`, `reduction` is a number from 2, and `minEpochs * reduction` is at most `epochs`
 */
export function hyperbandBrackets({ epochs, minEpochs = 1, reduction = 3 }: HyperbandOptions): readonly Bracket[] {
  checkRungs("hyperband", { epochs, minEpochs, reduction });
  if (minEpochs * reduction > epochs) {
    throw new SweepError(
      `hyperband: expected minEpochs times reduction to be at most the ${epochs} epochs of a training, got ${minEpochs} times ${reduction}, which leaves no rung to give up at`,
    );
  }
  // Powers by multiplication: a logarithm may fall on either side of a whole number.
  const powers = [1];
  while (minEpochs * powers.at(-1)! * reduction <= epochs) powers.push(powers.at(-1)! * reduction);
  return powers.toReversed().map((power, index) => {
    const before = powers.length - 1 - index;
    const early = powers.slice(1, before + 1).toReversed();
    return {
      points: Math.ceil((powers.length / (before + 1)) * power),
      rungs: [...early.map((divisor) => Math.ceil(epochs / divisor)), undefined],
    };
  });
}

/** How many points all rounds have together. @throws {SweepError} as {@link hyperbandBrackets} does */
export function hyperbandSize(options: HyperbandOptions): number {
  const { rounds = 1 } = options;
  return rounds * hyperbandBrackets(options).reduce((sum, { points }) => sum + points, 0);
}

/**
 * Yields the rungs of one bracket after the other; each takes the next points.
 *
 * @param points  as many as {@link hyperbandSize} says
 * @throws {SweepError} if an option cannot be
 */
export function* hyperband(points: readonly Values[], options: HyperbandOptions): Method {
  const { direction, reduction = 3, rounds = 1 } = options;
  const round = hyperbandBrackets(options);
  const trials = points.map((values, index) => ({ point: index + 1, values }));
  let begin = 0;
  for (const bracket of Array.from({ length: rounds }, () => round).flat()) {
    yield* halve(trials.slice(begin, begin + bracket.points), { rungs: bracket.rungs, direction, reduction });
    begin += bracket.points;
  }
}
