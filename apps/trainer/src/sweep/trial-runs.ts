/** The runs of a trial, and what is known of each from its folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeJsonAtomic } from "@cellstate/files";
import type { Trial } from "@cellstate/sweep";
import { z } from "zod";
import { runPaths } from "../run/folder.ts";
import { readMetrics } from "../run/metrics-log.ts";
import { readResult } from "../run/result.ts";
import { FORMAT_VERSION, readVersioned } from "../run/versioned.ts";
import type { SweepPaths } from "./paths.ts";
import type { SweepPlan } from "./sweep-plan.ts";

/** One run of a trial: a point with a seed, up to some epoch. */
export interface TrialRun {
  /** Name of the run's folder, such as `007` or `007-seed-2`. */
  readonly run: string;
  readonly point: number;
  readonly seed: number;
  /** After how many epochs it pauses; null: it is trained to its end. */
  readonly epochs: number | null;
}

/** What became of a run: how it scores on dev, or why it failed. */
export type RunOutcome =
  | {
      readonly scores: Readonly<Record<string, number | string>>;
      /** Epochs that it was trained. */
      readonly epochs: number;
      readonly error?: undefined;
    }
  | { readonly error: string };

/** `007`: points in the order of their names. */
export function pointName(point: number): string {
  return String(point).padStart(3, "0");
}

/** The runs of a trial, in the order of the seeds. */
export function runsOf(
  { section, seeds, experiment }: SweepPlan,
  { point, values, epochs }: Trial,
): readonly TrialRun[] {
  const own = section.seeds === undefined && typeof values.seed === "number" ? [values.seed] : seeds;
  return own.map((seed) => ({
    run: section.seeds === undefined ? pointName(point) : `${pointName(point)}-seed-${seed}`,
    point,
    seed,
    epochs: epochs === undefined || epochs >= experiment.training.epochs ? null : epochs,
  }));
}

/** The file of a run that failed for good. */
function failureFile({ runs }: SweepPaths, run: string): string {
  return join(runs, `${run}.failed.json`);
}

const failure = z.looseObject({ formatVersion: z.literal(FORMAT_VERSION), error: z.string() });

/** Notes why a run failed; it is not tried again. */
export function writeFailure(paths: SweepPaths, run: string, error: string): void {
  writeJsonAtomic(failureFile(paths, run), { formatVersion: FORMAT_VERSION, error });
}

/**
 * What became of a run; undefined as long as it has not come that far.
 *
 * @throws {RunFileError} if a file of the run is damaged
 */
export async function outcomeOf(paths: SweepPaths, { run, epochs }: TrialRun): Promise<RunOutcome | undefined> {
  const place = runPaths(join(paths.runs, run));
  const wanted = epochs ?? Number.POSITIVE_INFINITY;
  const trained = bestEvaluation(place.metrics, wanted);
  if (epochs !== null && trained.epochs >= epochs) return rungOutcome(trained);
  const result = await readResult(place.result);
  if (result !== undefined) return { scores: result.metrics.dev ?? {}, epochs: result.epochs };
  const failed = failureFile(paths, run);
  return existsSync(failed) ? { error: readVersioned(failed, failure).error } : undefined;
}

interface Trained {
  /** Whole epochs in the log, up to the wanted one. */
  readonly epochs: number;
  readonly scores: Readonly<Record<string, number | string>> | undefined;
}

/** The evaluation that chose the best weights up to an epoch, as the log of a run has it. */
function bestEvaluation(log: string, wanted: number): Trained {
  let epochs = 0;
  let scores: Trained["scores"];
  for (const line of readMetrics(log)) {
    if (typeof line.epoch !== "number" || line.epoch > wanted) continue;
    if (line.kind === "epoch") epochs = line.epoch;
    if (line.kind === "evaluate" && line.improved === true) scores = line.metrics as Trained["scores"];
  }
  return { epochs, scores };
}

function rungOutcome({ epochs, scores }: Trained): RunOutcome {
  return scores === undefined ? { error: "no dev score was a finite number" } : { scores, epochs };
}
