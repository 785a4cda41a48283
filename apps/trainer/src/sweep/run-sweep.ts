/** The loop of a sweep: asks the search for trials, has them trained, and tells it how they score. */
import type { Outcome, Trial, Values } from "@cellstate/sweep";
import { formatScore } from "../terminal/format.ts";
import { type Batch, writeBatch } from "./batch.ts";
import type { Executor, ExecutorContext } from "./executors/executor.ts";
import { describeValues, writePointFiles } from "./point-file.ts";
import { newSearch, pointFault, type SweepPlan } from "./sweep-plan.ts";
import { failedPoint, type PointOutcome, pointOutcome } from "./trial-outcome.ts";
import { outcomeOf, type RunOutcome, runsOf, type TrialRun } from "./trial-runs.ts";

/** A point and what its last trial gave. */
export interface SweptPoint extends PointOutcome {
  readonly point: number;
  readonly values: Values;
  /** Whether it was trained to its end. */
  readonly isWhole: boolean;
}

/** What a sweep has found. */
export interface SweepOutcome {
  /** In the order of their numbers. */
  readonly points: readonly SweptPoint[];
  /** False where a limit of time ended it early. */
  readonly isComplete: boolean;
}

/** A trial that can be trained, and its runs. */
interface Planned {
  readonly trial: Trial;
  readonly runs: readonly TrialRun[];
}

/**
 * Sweeps to the end. What is in the folder already is not trained again, so the same call goes on with an earlier one.
 *
 * @throws {ExecutorError} if runs cannot be had trained
 * @throws {InterruptedError} if it is interrupted
 */
export async function runSweep(context: ExecutorContext, executor: Executor): Promise<SweepOutcome> {
  const { plan } = context;
  const search = newSearch(plan);
  const points = new Map<number, SweptPoint>();
  await executor.settle();
  for (let trials = search.ask(); trials.length > 0; trials = search.ask()) {
    const swept = await tryAll(context, executor, trials);
    for (const point of swept) points.set(point.point, point);
    if (swept.length < trials.length) return { points: inOrder(points), isComplete: false };
    search.tell(swept.map(({ point, score, tieBreaker }): Outcome => ({ point, score, tieBreaker })));
  }
  return { points: inOrder(points), isComplete: true };
}

/** Has trials trained as far as they are not; those that the deadline left out are missing in what it returns. */
async function tryAll(
  context: ExecutorContext,
  executor: Executor,
  trials: readonly Trial[],
): Promise<readonly SweptPoint[]> {
  const { paths, plan, progress } = context;
  const refused = new Map(trials.map((trial) => [trial, pointFault(plan, trial.values)]));
  const planned = trials.map((trial): Planned => {
    return { trial, runs: refused.get(trial) === undefined ? runsOf(plan, trial) : [] };
  });
  writePointFiles(
    paths,
    plan,
    planned.filter(({ runs }) => runs.length > 0).map(({ trial }) => trial),
  );
  const missing = await missingRuns(context, planned);
  if (missing.length > 0) {
    const [{ epochs }] = missing as [TrialRun];
    const until = epochs === null ? "" : ` up to epoch ${epochs}`;
    progress.line(`trial   ${trials.length} points${until}, ${missing.length} runs to train`);
    await executor.run(writeBatch(paths, missing, executor.threads) satisfies Batch);
  }
  const swept: SweptPoint[] = [];
  for (const { trial, runs } of planned) {
    const fault = refused.get(trial);
    const outcomes = await Promise.all(runs.map((run) => outcomeOf(paths, run)));
    if (!outcomes.every((outcome): outcome is RunOutcome => outcome !== undefined)) continue;
    const outcome = fault === undefined ? pointOutcome(plan, runs, outcomes) : failedPoint([], fault.message);
    const isWhole = outcome.error === undefined && runs.every(({ epochs }) => epochs === null);
    swept.push({ point: trial.point, values: trial.values, isWhole, ...outcome });
  }
  report(context, swept);
  return swept;
}

async function missingRuns({ paths }: ExecutorContext, planned: readonly Planned[]): Promise<readonly TrialRun[]> {
  const runs = planned.flatMap((one) => one.runs);
  const outcomes = await Promise.all(runs.map((run) => outcomeOf(paths, run)));
  return runs.filter((_, index) => outcomes[index] === undefined);
}

function report({ progress, plan: { metric } }: ExecutorContext, swept: readonly SweptPoint[]): void {
  for (const { point, values, score, error } of swept) {
    const found =
      score === undefined ? `failed: ${error?.split("\n")[0]}` : `${metric.name} ${formatScore(score, metric.unit)}`;
    progress.line(`point   ${point}  ${describeValues(values)}  ${found}`);
  }
}

function inOrder(points: ReadonlyMap<number, SweptPoint>): readonly SweptPoint[] {
  return [...points.values()].sort((a, b) => a.point - b.point);
}

/** The names of parameters, in the order of the config. */
export function parameterNames({ section }: SweepPlan): readonly string[] {
  return Object.keys(section.parameters);
}
