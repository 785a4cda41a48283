/** Choosing the best weights: which dev metric counts, what better means, and what decides between equals. */
import { SelectionError } from "./errors.ts";
import type { MetricInfo } from "./metrics/metric.ts";

/** Scores on dev by name; only numbers can be selected by. */
export type DevMetrics = Readonly<Record<string, unknown>>;

type Criterion = Pick<MetricInfo, "name" | "direction">;

/** How evaluations are compared. */
export interface Selection extends Criterion {
  /** Decides between evaluations with equal scores, most often the dev loss. Default: the earlier one is the better. */
  readonly tieBreaker?: Criterion | undefined;
}

/** What evaluations are compared by. */
export interface SelectedScore {
  readonly value: number;
  /** Of the tie-breaker, where there is one. */
  readonly tieBreak?: number | undefined;
}

/** The numbers that select. @throws {SelectionError} if one of them is missing */
export function selectedScore(metrics: DevMetrics, { name, tieBreaker }: Selection): SelectedScore {
  const numberOf = (metric: string) => {
    const value = metrics[metric];
    if (typeof value !== "number") throw new SelectionError(metric, metrics);
    return value;
  };
  return { value: numberOf(name), tieBreak: tieBreaker && numberOf(tieBreaker.name) };
}

/** Whether `score` is strictly better than the best so far. One whose value is NaN or infinite never is. */
export function isBetter(score: SelectedScore, best: SelectedScore | null, selection: Selection): boolean {
  if (!Number.isFinite(score.value)) return false;
  if (best === null) return true;
  if (score.value !== best.value) return beats(score.value, best.value, selection);
  const { tieBreaker } = selection;
  return tieBreaker !== undefined && beats(score.tieBreak, best.tieBreak, tieBreaker);
}

/** Comparisons with NaN or with a missing number are false. */
function beats(value = Number.NaN, best = Number.NaN, { direction }: Criterion): boolean {
  return direction === "max" ? value > best : value < best;
}
