/** From the runs of a trial to the one score that the search is told. */
import { summarize } from "../train/summarize.ts";
import type { SweepPlan } from "./sweep-plan.ts";
import type { RunOutcome, TrialRun } from "./trial-runs.ts";

/** What is known of a point after its last trial: the line of the table. */
export interface PointOutcome {
  /** Mean over the seeds; undefined where a run failed. */
  readonly score: number | undefined;
  /** Dev loss, mean over the seeds, which decides between equal scores. */
  readonly tieBreaker: number | undefined;
  /** Of all dev metrics, mean over the seeds. */
  readonly dev: Readonly<Record<string, number>>;
  /** Epochs trained, the most of its runs. */
  readonly epochs: number | undefined;
  /** In the order of the seeds. */
  readonly runs: readonly string[];
  readonly error: string | undefined;
}

export function pointOutcome(
  { metric, loss }: Pick<SweepPlan, "metric" | "loss">,
  runs: readonly TrialRun[],
  outcomes: readonly RunOutcome[],
): PointOutcome {
  const names = runs.map(({ run }) => run);
  const failed = outcomes.findIndex(({ error }) => error !== undefined);
  if (failed !== -1)
    return failedPoint(names, outcomes[failed]!.error!, runs.length > 1 ? runs[failed]!.seed : undefined);
  const scored = outcomes.filter((outcome) => outcome.error === undefined);
  const dev: Record<string, number> = {};
  for (const name of Object.keys(scored[0]?.scores ?? {})) {
    const values = scored.map(({ scores }) => scores[name]);
    if (values.every((value) => typeof value === "number")) dev[name] = summarize(values).mean;
  }
  const score = dev[metric.name];
  if (score === undefined || !Number.isFinite(score))
    return failedPoint(names, `dev ${metric.name} is no finite number`);
  const epochs = Math.max(...scored.map((outcome) => outcome.epochs));
  return { score, tieBreaker: dev[loss.name], dev, epochs, runs: names, error: undefined };
}

/** The line of a point that failed. @param seed  of the run that failed, where there are several */
export function failedPoint(runs: readonly string[], error: string, seed?: number): PointOutcome {
  const text = seed === undefined ? error : `seed ${seed}: ${error}`;
  return { score: undefined, tieBreaker: undefined, dev: {}, epochs: undefined, runs, error: text };
}
