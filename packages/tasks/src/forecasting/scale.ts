/** What brings numbers to a common size: a center and a spread, of what is known alone. */
import { z } from "zod";

export interface Scale {
  readonly center: number;
  /** Above 0. */
  readonly spread: number;
}

export const scaleSchema: z.ZodType<Scale> = z.object({ center: z.number(), spread: z.number().positive() });

export type ScalingKind = "standard" | "robust" | "none";

/**
 * The scale of numbers, NaN where one is missing: mean and standard deviation (Welford 1962), or median and interquartile range. Numbers that are
 * all equal, or none, have a spread of 1.
 */
export function fitScale(values: Iterable<number>, kind: ScalingKind): Scale {
  if (kind === "none") return { center: 0, spread: 1 };
  const known = [...values].filter((value) => !Number.isNaN(value));
  if (known.length === 0) return { center: 0, spread: 1 };
  if (kind === "robust") {
    const sorted = Float64Array.from(known).sort();
    const spread = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25);
    return { center: quantileOf(sorted, 0.5), spread: spread > 0 ? spread : 1 };
  }
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of known) {
    const distance = value - mean;
    mean += distance / ++count;
    squares += distance * (value - mean);
  }
  const spread = Math.sqrt(squares / count);
  // What is left of equal numbers is rounding.
  return { center: mean, spread: spread > 1e-12 * Math.abs(mean) && spread > 0 ? spread : 1 };
}

/** Between the two nearest of sorted numbers by line, as NumPy's default. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const next = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[next]! - sorted[below]!);
}

export function scaled({ center, spread }: Scale, value: number): number {
  return (value - center) / spread;
}

export function unscaled({ center, spread }: Scale, value: number): number {
  return value * spread + center;
}
