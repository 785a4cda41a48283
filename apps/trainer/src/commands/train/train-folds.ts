/** `train --folds`: a run for each part of the training examples, and what their scores are together. */
import { existsSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeJsonAtomic } from "@cellstate/files";
import { type Plan, planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFolderError, UsageError } from "../../errors.ts";
import { asCaller, callerFolder, fromCaller } from "../../paths.ts";
import { type ConfigLock, readLock } from "../../run/config-lock.ts";
import { freeRunFolder, refuseWrongPath, runName } from "../../run/create-folder.ts";
import { FOLD_SPLIT, FOLDS_FILE, runPaths } from "../../run/folder.ts";
import { type FoldsFile, readFoldsFile } from "../../run/folds-file.ts";
import type { RunResult } from "../../run/result.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { formatScore, formatTable } from "../../terminal/format.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress } from "../../terminal/progress.ts";
import { type Summary, summarize } from "../../train/summarize.ts";
import type { TrainOptions } from "../train.ts";
import { newExperiment } from "./new-run.ts";
import { trainToEnd } from "./train-experiment.ts";

/** What `summary.json` says: numbers by metric, of the examples that each run left out. */
interface FoldsSummary extends FoldsFile {
  /** In the order of the runs. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly mean: Readonly<Record<string, number>>;
  readonly deviation: Readonly<Record<string, number>>;
  readonly interval: Readonly<Record<string, readonly [low: number, high: number]>>;
}

/** Trains each fold, or goes on where an earlier call with the same `--out` was interrupted, and prints the means. */
export async function trainFolds(
  options: TrainOptions,
  folds: number,
  known: readonly Task[] = shippedTasks,
): Promise<void> {
  if (
    options.fork !== undefined ||
    options.resume !== undefined ||
    options.dryRun === true ||
    options.overfitOneBatch === true
  ) {
    throw new UsageError(
      "--folds makes runs of its own; leave out --fork, --resume, --dry-run and --overfit-one-batch",
    );
  }
  const progress = createProgress({ quiet: options.quiet });
  const { out, folds: _, resume: __, ...common } = options;
  const { experiment, lock, tasks } = await newExperiment(common, known);
  const { plan } = planOf(experiment, tasks);
  const name = `${runName(experiment.name, new Date(), lock.configHash)}-folds`;
  const folder = out === undefined ? freeRunFolder(callerFolder(), name) : fromCaller(out);
  const runs = Array.from({ length: folds }, (_, index) => `fold-${index + 1}`);
  const results: RunResult[] = [];
  const { name: called, seed } = experiment;
  const file: FoldsFile = { formatVersion: FORMAT_VERSION, name: called, seed, folds, runs };
  requireSameFolds(folder, file);
  using _mark = new FoldsMark(folder, file);
  for (const [index, run] of runs.entries()) {
    progress.line(`fold    ${index + 1} of ${folds}`);
    const fold = `data.fold={ of: ${folds}, index: ${index + 1} }`;
    const own = { ...common, set: [...common.set, fold] };
    const place = join(folder, run);
    const isBegun = existsSync(runPaths(place).lock);
    if (isBegun) requireSameConfig(place, (await newExperiment(own, known)).lock);
    const { result } = await trainToEnd({ ...own, [isBegun ? "resume" : "out"]: place }, known, progress);
    results.push(result);
  }
  const summary = summaryOf(file, results, plan);
  writeJsonAtomic(join(folder, "summary.json"), summary);
  if (options.json === true) printJson(summary);
  else print(`${tableOf(summary, plan)}\nruns    ${asCaller(folder)}\n`);
}

/** @throws {RunFolderError} if the folder holds another number of folds */
function requireSameFolds(folder: string, { folds }: FoldsFile): void {
  if (!existsSync(join(folder, FOLDS_FILE)) || readFoldsFile(folder).folds === folds) return;
  throw new RunFolderError(
    `--out ${folder}: holds a run of another config or another number of folds; choose another folder`,
  );
}

/** Says in a file that the runs of a folder belong together; gone again where not even the first of them could begin. */
class FoldsMark {
  readonly #folder: string;
  readonly #runs: readonly string[];

  constructor(folder: string, file: FoldsFile) {
    this.#folder = folder;
    this.#runs = file.runs;
    refuseWrongPath(folder, () => makeFolder(folder));
    writeJsonAtomic(join(folder, FOLDS_FILE), file);
  }

  [Symbol.dispose](): void {
    if (this.#runs.some((run) => existsSync(join(this.#folder, run)))) return;
    rmSync(join(this.#folder, FOLDS_FILE), { force: true });
    try {
      rmdirSync(this.#folder);
    } catch {
      // It holds something else.
    }
  }
}

/** @throws {RunFolderError} if a run that was begun in the folder is not the one that is to go on */
function requireSameConfig(place: string, { configHash }: Pick<ConfigLock, "configHash">): void {
  if (readLock(runPaths(place).lock).configHash === configHash) return;
  throw new RunFolderError(
    `--out ${place}: holds a run of another config or another number of folds; choose another folder`,
  );
}

function summaryOf(file: FoldsFile, results: readonly RunResult[], plan: Plan): FoldsSummary {
  const scores: Record<string, number[]> = {};
  for (const { name: metric } of plan.metrics) {
    const values = results.map(({ metrics }) => metrics[FOLD_SPLIT]?.[metric]);
    if (values.every((value) => typeof value === "number")) scores[metric] = values;
  }
  const summaries = Object.entries(scores).map(([metric, values]) => [metric, summarize(values)] as const);
  const by = <Value>(pick: (summary: Summary) => Value) =>
    Object.fromEntries(summaries.map(([metric, summary]) => [metric, pick(summary)]));
  return {
    ...file,
    scores,
    mean: by(({ mean }) => mean),
    deviation: by(({ deviation }) => deviation),
    interval: by(({ interval }) => interval),
  };
}

function tableOf({ runs, scores, mean, deviation, interval }: FoldsSummary, plan: Plan): string {
  const rows = plan.metrics.flatMap(({ name, unit }) => {
    const values = scores[name];
    if (values === undefined) return [];
    const show = (value: number) => formatScore(value, unit);
    return [
      [
        `fold ${name}`,
        `${show(mean[name]!)} ± ${show(deviation[name]!)}`,
        interval[name]!.map(show).join(" to "),
        ...values.map(show),
      ],
    ];
  });
  return formatTable([["", "mean ± deviation", "95 % interval", ...runs], ...rows]);
}
