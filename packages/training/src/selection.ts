/** Choosing the best weights: which dev metric counts, and what better means. */
import { SelectionError } from "./errors.ts";

export type SelectionMode = "max" | "min";

/** The dev metric by which the best weights are chosen. */
export interface Selection {
  readonly name: string;
  /** Whether larger or smaller is better. */
  readonly mode: SelectionMode;
}

/** Scores on dev by name; only numbers can be selected by. */
export type DevMetrics = Readonly<Record<string, unknown>>;

/** Whether `value` is strictly better than the best so far. NaN and infinities never are. */
export function isBetter(value: number, best: number | null, mode: SelectionMode): boolean {
  if (!Number.isFinite(value)) return false;
  if (best === null) return true;
  return mode === "max" ? value > best : value < best;
}

/** The number that selects. @throws {SelectionError} if there is none under that name */
export function selectedValue(metrics: DevMetrics, { name }: Selection): number {
  const value = metrics[name];
  if (typeof value !== "number") throw new SelectionError(name, metrics);
  return value;
}
