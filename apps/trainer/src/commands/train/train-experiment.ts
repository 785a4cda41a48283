/** Begins a run or goes on with one, trains, and prints its scores. */
import { existsSync } from "node:fs";
import { lockFolder } from "@cellstate/files";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { UsageError } from "../../errors.ts";
import { asCaller } from "../../paths.ts";
import type { RunResult } from "../../run/result.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { describeResult } from "../../terminal/result-table.ts";
import type { TrainOptions } from "../train.ts";
import { beginRun, newExperiment, type RunOptions } from "./new-run.ts";
import { beginBudget, cleanLocked, endedResult, findToResume, resumeRun } from "./resumed-run.ts";
import { run, type Start } from "./run.ts";

/** What `cellstate train` does. */
export async function trainExperiment(options: TrainOptions, tasks: readonly Task[] = shippedTasks): Promise<void> {
  const progress = createProgress({ quiet: options.quiet });
  if (options.resume !== undefined) {
    refuseWithResume(options);
  } else if (rehearsalsOf(options).length > 0) {
    await rehearseExperiment(options, tasks, progress);
    return;
  }
  const { result, start } = await trainToEnd({ ...options, warnsOfData: options.quiet !== true }, tasks, progress);
  printResult(result, start, options);
}

/** A run and what it was made from. */
interface Trained<Result> {
  readonly result: Result;
  readonly start: Start;
}

/** Trains a new run, or the one that `options.resume` names, to its end. @throws {InterruptedError} if it is interrupted */
export async function trainToEnd(
  options: RunOptions,
  tasks: readonly Task[],
  progress: Progress,
): Promise<Trained<RunResult>> {
  const { result, start } = await trainUntil(options, tasks, progress, null);
  if (result === undefined) throw new Error("internal: a run paused that should not");
  return { result, start };
}

/**
 * The same up to the end of an epoch, where the run pauses and waits for a call that goes on with it: there it is as far as a run
 * to the end would be, to the byte.
 *
 * @param pauseAfterEpochs  null: it is trained to its end
 * @returns no result where it has paused
 * @throws {InterruptedError} if it is interrupted
 */
export async function trainUntil(
  options: RunOptions,
  tasks: readonly Task[],
  progress: Progress,
  pauseAfterEpochs: number | null,
): Promise<Trained<RunResult | undefined>> {
  if (options.resume === undefined) {
    const { start, runLock } = await beginRun(options, tasks);
    return { start, result: await run({ ...start, pauseAfterEpochs }, runLock, progress) };
  }
  const paths = findToResume(options.resume);
  const runLock = (await endedResult(paths, options)) === undefined ? lockFolder(paths.folder) : undefined;
  let result: RunResult | undefined;
  let start: Start;
  try {
    // Read once more behind the lock: whoever held it until now may have finished the run.
    result = await endedResult(paths, options);
    if (result === undefined && runLock !== undefined && options.budget !== undefined) {
      beginBudget(paths, options.budget);
    }
    start = { ...(await resumeRun(paths, tasks)), pauseAfterEpochs };
  } catch (error) {
    runLock?.release();
    throw error;
  }
  if (result === undefined && runLock !== undefined) return { start, result: await run(start, runLock, progress) };
  runLock?.release();
  progress.line(`run ${paths.folder} is finished already`);
  await cleanLocked(start, result!);
  return { start, result: result! };
}

/** @throws {UsageError} if anything is given besides --resume that would change what is trained */
export function refuseWithResume(options: TrainOptions): void {
  const given = (["config", "fork", "seed", "seeds", "backend", "threads", "out"] as const).filter(
    (name) => options[name] !== undefined,
  );
  const names = [...given, ...(options.set.length > 0 ? ["set"] : []), ...rehearsalsOf(options)].map(
    (name) => `--${name}`,
  );
  if (names.length === 0) return;
  throw new UsageError(`--resume goes on with the run's own config; leave out ${names.join(", ")}`);
}

/** Flags of training that leaves nothing behind. */
function rehearsalsOf({ dryRun, overfitOneBatch }: TrainOptions): string[] {
  return [...(dryRun === true ? ["dry-run"] : []), ...(overfitOneBatch === true ? ["overfit-one-batch"] : [])];
}

async function rehearseExperiment(options: TrainOptions, known: readonly Task[], progress: Progress): Promise<void> {
  const [flag, other] = rehearsalsOf(options);
  if (other !== undefined) throw new UsageError(`--${flag} and --${other}: give one of them`);
  if (options.out !== undefined) throw new UsageError(`--${flag} writes nothing; leave out --out`);
  const { experiment, base, lock, tasks } = await newExperiment(options, known);
  const rehearsal = { experiment, base, lock, tasks, progress };
  if (options.dryRun === true) {
    const { dryRun, describeDryRun } = await import("../../train/dry-run.ts");
    const found = await dryRun(rehearsal);
    progress.end();
    if (options.json === true) printJson(found);
    else print(describeDryRun(found, planOf(experiment, tasks).plan));
    return;
  }
  const { overfitOneBatch, describeOverfit, requireLearned } = await import("../../train/overfit.ts");
  const found = await overfitOneBatch(rehearsal);
  progress.end();
  if (options.json === true) printJson(found);
  else print(describeOverfit(found));
  requireLearned(found);
}

/** Prints what a run came to. */
export function printResult(result: RunResult, { paths, experiment, tasks }: Start, options: TrainOptions): void {
  if (options.json === true) {
    printJson(result);
    return;
  }
  const run = { folder: asCaller(paths.folder), hasReport: existsSync(paths.report) };
  print(describeResult(result, { ...planOf(experiment, tasks), ...run }));
}
