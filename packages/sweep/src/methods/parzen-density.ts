/** Densities over shares in `[0, 1)` that a few known shares suggest; float64 arithmetic of `scalar`, so equal on all machines. */
import { scalar } from "@cellstate/tensor";

export interface Density {
  /** Density at a share. */
  at(share: number): number;
  /** A share drawn by two uniform numbers in `[0, 1)`. */
  draw(which: number, where: number): number;
}

/** The largest share that is below 1. */
const LAST = 1 - 2 ** -53;
/** Halvings of an interval until its ends are neighbours for all that matters. */
const HALVINGS = 40;

interface Bell {
  readonly mean: number;
  readonly deviation: number;
  /** Cumulated mass of the whole bell below 0, and its mass between 0 and 1. */
  readonly below: number;
  readonly inside: number;
}

/**
 * A mean of bells, cut off at 0 and 1: a wide one in the middle, which stands for knowing nothing, and one at each known share, as wide
 * as the larger distance to its neighbours.
 */
export function rangeDensity(known: readonly number[]): Density {
  const sorted = known.toSorted((a, b) => a - b);
  const narrowest = 1 / Math.min(100, 1 + known.length);
  const bells = sorted.map((mean, index) => {
    const left = mean - (sorted[index - 1] ?? 0);
    const right = (sorted[index + 1] ?? 1) - mean;
    return bellAt(mean, Math.min(1, Math.max(left, right, narrowest)));
  });
  bells.push(bellAt(0.5, 1));
  return {
    at: (share) => bells.reduce((sum, bell) => sum + heightOf(bell, share), 0) / bells.length,
    draw: (which, where) => quantileOf(bells[Math.floor(which * bells.length)]!, where),
  };
}

/** How often each choice is known, and each once more, which stands for knowing nothing. */
export function choiceDensity(known: readonly number[], choices: number): Density {
  const counts = Array.from({ length: choices }, () => 1);
  for (const share of known) counts[Math.floor(share * choices)]! += 1;
  const total = known.length + choices;
  return {
    at: (share) => (counts[Math.floor(share * choices)]! / total) * choices,
    draw: (which) => {
      let left = which * total;
      const choice = counts.findIndex((count) => {
        left -= count;
        return left < 0;
      });
      return ((choice === -1 ? choices - 1 : choice) + 0.5) / choices;
    },
  };
}

function bellAt(mean: number, deviation: number): Bell {
  const below = massBelow(0, mean, deviation);
  return { mean, deviation, below, inside: massBelow(1, mean, deviation) - below };
}

function heightOf({ mean, deviation, inside }: Bell, share: number): number {
  const distance = (share - mean) / deviation;
  return scalar.exp(-0.5 * distance * distance) / (Math.sqrt(2 * Math.PI) * deviation * inside);
}

function massBelow(share: number, mean: number, deviation: number): number {
  return 0.5 * (1 + scalar.erf((share - mean) / (deviation * Math.SQRT2)));
}

/** The share below which so much of the mass between 0 and 1 lies. */
function quantileOf({ mean, deviation, below, inside }: Bell, mass: number): number {
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (massBelow(middle, mean, deviation) - below < mass * inside) low = middle;
    else high = middle;
  }
  return Math.min(LAST, (low + high) / 2);
}
