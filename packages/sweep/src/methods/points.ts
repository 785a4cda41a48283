/** Points that are known before anything is tried: a grid, random ones, a Latin hypercube. */
import type { RandomStream } from "@cellstate/tensor";
import { SweepError } from "../errors.ts";
import { checkSpace, gridValues, type Shares, type Space, sizeOf, textOf, type Values, valuesOf } from "../space.ts";

/** More points than anybody trains. */
const MAX_GRID = 10_000;
/** Draws for each point that is wanted before a random search gives up on finding new ones. */
const DRAWS = 100;

/**
 * Every combination of the parameters' values; the last parameter changes fastest.
 *
 * @throws {SweepError} if a range of fractions has no `count`, or if there are more than 10,000 points
 */
export function gridPoints(space: Space): readonly Values[] {
  checkSpace(space);
  const columns = Object.entries(space).map(([name, parameter]) => [name, gridValues(name, parameter)] as const);
  const size = columns.reduce((product, [, values]) => product * values.length, 1);
  if (size > MAX_GRID) throw new SweepError(`a grid of ${size} points is too large; at most ${MAX_GRID} are tried`);
  return columns.reduce<readonly Values[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/**
 * Different points, each drawn independently of the others (Bergstra & Bengio 2012). A parameter has a random stream of its own, so
 * another parameter beside it changes none of its draws.
 *
 * @throws {SweepError} if the space has fewer points
 */
export function randomPoints(space: Space, count: number, stream: RandomStream): readonly Values[] {
  checkSpace(space);
  if (count > sizeOf(space)) throw tooFew(space, count);
  const points = new Map<string, Values>();
  for (let position = 0; points.size < count; position++) {
    // A space of choices is nearly used up: those that are left come up too seldom to wait for.
    if (position > DRAWS * count) return [...points.values(), ...othersOf(space, points)].slice(0, count);
    const values = valuesOf(space, randomShares(space, stream, position));
    if (!points.has(textOf(values))) points.set(textOf(values), values);
  }
  return [...points.values()];
}

/**
 * Points of which each parameter's values are spread evenly: its scale is cut into as many parts as there are points, and each part
 * has one of them (McKay, Beckman & Conover 1979).
 */
export function latinHypercubePoints(space: Space, count: number, stream: RandomStream): readonly Values[] {
  return latinHypercube(space, count, stream).map((shares) => valuesOf(space, shares));
}

/** The same as shares. */
export function latinHypercube(space: Space, count: number, stream: RandomStream): readonly Shares[] {
  checkSpace(space);
  const columns = Object.keys(space).map((name) => {
    const own = stream.fork(name);
    const places = Array.from({ length: count }, (_, index) => index);
    const order = places.map((index) => own.uniformAt(index));
    places.sort((a, b) => order[a]! - order[b]! || a - b);
    return [name, places.map((place, index) => (place + own.uniformAt(count + index)) / count)] as const;
  });
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(columns.map(([name, shares]) => [name, shares[index]!])),
  );
}

/** Shares drawn at a position of the parameters' streams. */
export function randomShares(space: Space, stream: RandomStream, position: number): Shares {
  return Object.fromEntries(Object.keys(space).map((name) => [name, stream.fork(name).uniformAt(position)]));
}

/** Points of a finite space that are not among these. */
function othersOf(space: Space, points: ReadonlyMap<string, Values>): readonly Values[] {
  return gridPoints(withoutCounts(space)).filter((values) => !points.has(textOf(values)));
}

/** Whole numbers all count here, whatever a grid would take of them. */
function withoutCounts(space: Space): Space {
  const all = Object.entries(space).map(([name, parameter]) => {
    if ("min" in parameter) return [name, { ...parameter, count: undefined, scale: "linear" as const }] as const;
    return [name, parameter] as const;
  });
  return Object.fromEntries(all);
}

function tooFew(space: Space, count: number): SweepError {
  return new SweepError(
    `expected at most ${sizeOf(space)} points, since there are no more different ones, got ${count}`,
  );
}
