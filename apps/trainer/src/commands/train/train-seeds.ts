/** `train --seeds`: a run for each seed in one folder, and what their scores are together. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockFolder, makeFolder, writeJsonAtomic } from "@cellstate/files";
import { type Plan, planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFileError, UsageError } from "../../errors.ts";
import { asCaller, callerFolder, fromCaller } from "../../paths.ts";
import { checkFree, freeRunFolder, refuseWrongPath, removeRunFolder, runName } from "../../run/create-folder.ts";
import { runPaths, SEEDS_FILE } from "../../run/folder.ts";
import { type RunResult, scoresBeside } from "../../run/result.ts";
import { readSeedsFile, type SeedsFile } from "../../run/seeds-file.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { formatScore, formatTable } from "../../terminal/format.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress } from "../../terminal/progress.ts";
import { type SplitsSummary, summarizeSplits } from "../../train/summarize-splits.ts";
import type { TrainOptions } from "../train.ts";
import { beginRun, newExperiment } from "./new-run.ts";
import { refuseWithResume, trainToEnd } from "./train-experiment.ts";

/** What `summary.json` says: numbers by split and metric. */
interface SeedsSummary extends SeedsFile, SplitsSummary {}

/** Whether a path of the command line is a folder that {@link trainSeeds} made. */
export function isSeedsFolder(path: string): boolean {
  return existsSync(join(fromCaller(path), SEEDS_FILE));
}

/** Begins a run for each seed, trains them one after the other and prints what their scores are together. */
export async function trainSeeds(
  options: TrainOptions,
  seeds: readonly number[],
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  refuseOthers(options);
  const { out, seeds: _, ...common } = options;
  const { experiment, lock } = await newExperiment({ ...options, seed: seeds[0]! }, tasks);
  const name = `${runName(experiment.name, new Date(), lock.configHash)}-seeds`;
  const folder = out === undefined ? freeRunFolder(callerFolder(), name) : fromCaller(out);
  refuseWrongPath(folder, () => makeFolder(folder));
  const folderLock = lockFolder(folder);
  try {
    checkFree(folder);
    const runs = seeds.map((seed) => `seed-${seed}`);
    for (const [index, run] of runs.entries()) {
      const { runLock } = await beginRun({ ...common, seed: seeds[index]!, out: join(folder, run) }, tasks);
      runLock.release();
    }
    const file: SeedsFile = { formatVersion: FORMAT_VERSION, name: experiment.name, seeds, runs };
    writeJsonAtomic(join(folder, SEEDS_FILE), file);
    await trainRuns(folder, file, options, tasks);
  } catch (error) {
    folderLock.release();
    removeUnlessBegun(folder);
    throw error;
  } finally {
    folderLock.release();
  }
}

/** Goes on with the runs of an earlier call; those that are finished are not run again. */
export async function resumeSeeds(
  options: TrainOptions,
  path: string,
  tasks: readonly Task[] = shippedTasks,
): Promise<void> {
  refuseWithResume(options);
  const folder = fromCaller(path);
  const folderLock = lockFolder(folder);
  try {
    const file = readSeedsFile(folder);
    const missing = file.runs.find((run) => !existsSync(runPaths(join(folder, run)).lock));
    if (missing !== undefined) {
      throw new RunFileError(join(folder, missing), `is missing or is no run folder, and ${SEEDS_FILE} names it`);
    }
    await trainRuns(folder, file, options, tasks);
  } finally {
    folderLock.release();
  }
}

function refuseOthers({ seed, folds, resume, fork, dryRun, overfitOneBatch }: TrainOptions): void {
  const given = Object.entries({ seed, folds, resume, fork, "dry-run": dryRun, "overfit-one-batch": overfitOneBatch });
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (names.length === 0) return;
  const advice = resume === undefined ? "" : "; --resume alone goes on with all of its runs";
  throw new UsageError(`--seeds makes runs of its own; leave out ${names.join(", ")}${advice}`);
}

async function trainRuns(
  folder: string,
  file: SeedsFile,
  options: TrainOptions,
  tasks: readonly Task[],
): Promise<void> {
  const progress = createProgress({ quiet: options.quiet });
  const results: RunResult[] = [];
  let plan: Plan | undefined;
  for (const [index, run] of file.runs.entries()) {
    progress.line(`seed    ${file.seeds[index]}, run ${index + 1} of ${file.runs.length}`);
    const more = options.resume === undefined || options.budget === undefined ? {} : { budget: options.budget };
    const { result, start } = await trainToEnd({ ...more, resume: join(folder, run), set: [] }, tasks, progress);
    results.push(result);
    plan ??= planOf(start.experiment, start.tasks).plan;
  }
  const summary: SeedsSummary = { ...file, ...summarizeSplits(results) };
  writeJsonAtomic(join(folder, "summary.json"), summary);
  if (options.json === true) printJson(summary);
  else print(`${tableOf(summary, plan!)}\nruns    ${asCaller(folder)}\n`);
}

/** Runs that could not even begin, say for their data, leave nothing in the way of the next attempt. */
function removeUnlessBegun(folder: string): void {
  const runs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const places = runs.map(({ name }) => runPaths(join(folder, name)));
  if (places.some(({ metrics }) => existsSync(metrics))) return;
  for (const paths of places) if (existsSync(paths.lock)) removeRunFolder(paths);
  rmSync(join(folder, SEEDS_FILE), { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It holds something else, or is in use as something else.
  }
}

function tableOf({ seeds, scores, mean, deviation, interval, parts, baselines }: SeedsSummary, plan: Plan): string {
  const others = scoresBeside({ parts, baselines });
  const rows = Object.entries(scores).flatMap(([split, ofSplit]) =>
    plan.metrics.flatMap(({ name, unit }) => {
      const values = ofSplit[name];
      if (values === undefined) return [];
      const show = (value: number | undefined) => (value === undefined ? "-" : formatScore(value, unit));
      return [
        [
          `${split} ${name}`,
          `${show(mean[split]![name])} ± ${show(deviation[split]![name])}`,
          interval[split]![name]!.map(show).join(" to "),
          ...others.map(([, means]) => show(means[split]?.[name])),
          ...values.map(show),
        ],
      ];
    }),
  );
  const titles = ["", "mean ± deviation", "95 % interval", ...others.map(([name]) => name)];
  return formatTable([[...titles, ...seeds.map((seed) => `seed ${seed}`)], ...rows]);
}
