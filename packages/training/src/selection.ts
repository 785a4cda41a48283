/** Choosing the best weights: which dev metric counts, and what better means. */
import { SelectionError } from "./errors.ts";
import type { MetricInfo } from "./metrics/metric.ts";

/** Scores on dev by name; only numbers can be selected by. */
export type DevMetrics = Readonly<Record<string, unknown>>;

/** Whether `value` is strictly better than the best so far. NaN and infinities never are. */
export function isBetter(value: number, best: number | null, direction: MetricInfo["direction"]): boolean {
  if (!Number.isFinite(value)) return false;
  if (best === null) return true;
  return direction === "max" ? value > best : value < best;
}

/** The number that selects. @throws {SelectionError} if there is none under that name */
export function selectedValue(metrics: DevMetrics, { name }: Pick<MetricInfo, "name">): number {
  const value = metrics[name];
  if (typeof value !== "number") throw new SelectionError(name, metrics);
  return value;
}
