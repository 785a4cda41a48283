/** Begins a run or goes on with one, trains, and prints its scores. */
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  DiskError,
  FolderInUseError,
  type FolderLock,
  lockFolder,
  removeLeftovers,
  systemFaultOf,
} from "@cellstate/files";
import { NamePatternError } from "@cellstate/lstm-core";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { numericsVersion } from "@cellstate/tensor";
import { ParameterGroupError, TrainingStateError } from "@cellstate/training";
import { hashConfigFiles } from "../../config/config-files.ts";
import { pathKeysOf, relativePath, relativePaths } from "../../config/file-paths.ts";
import { findConfig } from "../../config/find.ts";
import { loadConfig } from "../../config/load.ts";
import type { Experiment } from "../../config/schema.ts";
import { InterruptedError, RunFolderError, UsageError } from "../../errors.ts";
import { asCaller, callerFolder, fromCaller } from "../../paths.ts";
import { cleanFinished } from "../../run/clean-finished.ts";
import {
  type ConfigLock,
  formatLock,
  lockedExperiment,
  lockIn,
  newLock,
  readLock,
  writeLock,
} from "../../run/config-lock.ts";
import {
  checkFree,
  createRunFolder,
  freeRunFolder,
  type LockedFolder,
  type RunFiles,
  removeRunFolder,
  runName,
} from "../../run/create-folder.ts";
import { findRun, type RunPaths, runPaths, SEEDS_FILE } from "../../run/folder.ts";
import { gitState } from "../../run/git-state.ts";
import { readModelFolder } from "../../run/model-folder.ts";
import { type RunResult, readResult } from "../../run/result.ts";
import { formatDuration } from "../../terminal/format.ts";
import { print, printJson, printMessage } from "../../terminal/print.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { describeResult } from "../../terminal/result-table.ts";
import { quote } from "../../terminal/shell.ts";
import { trainRun } from "../../train/train-run.ts";
import type { TrainOptions } from "../train.ts";

const SECONDS_IN_A_MINUTE = 60;

/** What ends a run in good order: Ctrl-C, a polite kill, and a terminal that is closed. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A run that is ready to train. */
interface Start {
  readonly paths: RunPaths;
  readonly lock: ConfigLock;
  readonly experiment: Experiment;
  /** The folder that paths of the lock are from. */
  readonly base: string;
  readonly tasks: readonly Task[];
  readonly resumed: boolean;
  /** Pauses after so many epochs; null: never. */
  readonly pauseAfterEpochs: number | null;
  /** See `TrainRunOptions`. */
  readonly lintCommand?: string | undefined;
}

/** How a run is made. */
interface RunOptions extends TrainOptions {
  /** Whether a new run says what stands out in its data. Default: no */
  readonly warnsOfData?: boolean;
}

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
  // Read once more behind the lock: whoever held it until now may have finished the run.
  const result = await endedResult(paths, options);
  if (result === undefined && runLock !== undefined && options.budget !== undefined) beginBudget(paths, options.budget);
  const start = { ...(await resumeRun(paths, tasks)), pauseAfterEpochs };
  if (result === undefined && runLock !== undefined) return { start, result: await run(start, runLock, progress) };
  runLock?.release();
  progress.line(`run ${paths.folder} is finished already`);
  await cleanLocked(start, result!);
  return { start, result: result! };
}

/**
 * The result of a run with nothing left to do: it is finished, and not by a budget that is now larger.
 *
 * @throws {UsageError} if its time ended it and the new budget is no more than it has had
 */
async function endedResult(paths: RunPaths, { budget }: Pick<TrainOptions, "budget">): Promise<RunResult | undefined> {
  const result = await finishedResult(paths);
  if (budget === undefined || result?.stoppedBy !== "maxMinutes") return result;
  const minutes = result.trainSeconds / SECONDS_IN_A_MINUTE;
  if (budget > minutes) return undefined;
  throw new UsageError(
    `--budget: the run has trained for ${formatDuration(result.trainSeconds)} already, and its parts count together; give more`,
  );
}

/** From now on the run is one under way, with another budget. */
function beginBudget(paths: RunPaths, budgetMinutes: number): void {
  const lock = readLock(paths.lock);
  writeLock(paths.lock, { ...lock, options: { ...lock.options, budgetMinutes } });
  rmSync(paths.manifest, { force: true });
  rmSync(paths.result, { force: true });
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

/** What a new experiment is made of. */
type ExperimentOptions = Pick<TrainOptions, "set"> &
  Partial<Pick<TrainOptions, "config" | "seed" | "backend" | "threads" | "out" | "budget">>;

/** The experiment that the command line asks for, with a lock of its own. */
export async function newExperiment(options: ExperimentOptions, known: readonly Task[]) {
  if (options.config === undefined) {
    throw new UsageError(
      "train needs --config <file|name> or --resume <run>; try: cellstate train --config sentiment.yaml",
    );
  }
  const folder = callerFolder();
  if (options.out !== undefined) checkFree(fromCaller(options.out));
  const file = findConfig(options.config, folder);
  const loaded = await loadConfig({ file, overrides: options.set, seed: options.seed, folder, tasks: known });
  const { experiment, text, tasks, base } = loaded;
  // Paths from the caller's folder, where paths from the root would tell of the machine.
  const command = ["cellstate", "train", "--config", relativePath(options.config, folder)];
  for (const assignment of options.set) command.push("--set", withRelativePath(assignment, folder));
  command.push("--seed", String(experiment.seed));
  const { backend = "auto", threads = null, budget } = options;
  const lock = newLock({
    config: relativePaths(experiment, base, pathKeysOf(tasks)),
    configText: text,
    configFiles: hashConfigFiles(loaded.file, base),
    plugins: loaded.pluginHashes,
    git: gitState(base),
    options: {
      backend,
      threads,
      command: command.map(quote).join(" "),
      ...(budget === undefined ? {} : { budgetMinutes: budget }),
    },
    numericsVersion,
  });
  return { experiment, base, text, lock, folder, tasks };
}

/** A `--set` whose value is the path of a file, from `folder`. */
export function withRelativePath(assignment: string, folder: string): string {
  const [key = "", ...rest] = assignment.split("=");
  const value = rest.join("=");
  return existsSync(value) ? `${key}=${relativePath(value, folder)}` : assignment;
}

/** A new run in a folder of its own, which this process holds the lock of; nothing is trained yet. */
export async function beginRun(
  options: RunOptions,
  known: readonly Task[],
): Promise<{ readonly start: Start; readonly runLock: FolderLock }> {
  return createRun(options, await newExperiment(options, known));
}

/** What the folder of a new run is made of. */
type NewRun = Awaited<ReturnType<typeof newExperiment>> & {
  /** The checkpoint that a fork begins from. */
  readonly start?: Uint8Array;
};

/** The folder of a new run, which this process holds the lock of. */
export function createRun(
  options: RunOptions,
  { experiment, base, text, lock, folder, tasks, start }: NewRun,
): { readonly start: Start; readonly runLock: FolderLock } {
  const filesIn = (run: string): RunFiles =>
    new Map<string, string | Uint8Array>([
      ["config.yaml", text],
      ...(start === undefined ? [] : [["start.safetensors", start] as const]),
      ["config.lock.json", formatLock(lockIn(run, base, lock))],
    ]);
  const { paths, runLock } =
    options.out === undefined
      ? createFreeFolder(folder, runName(experiment.name, new Date(), lock.configHash), filesIn)
      : createRunFolder(fromCaller(options.out), filesIn(fromCaller(options.out)));
  const own = lockIn(paths.folder, base, lock);
  const begun = { paths, lock: own, experiment, base, tasks, resumed: false, pauseAfterEpochs: null };
  return { start: { ...begun, lintCommand: options.warnsOfData === true ? lintCommand(options) : undefined }, runLock };
}

/** The command that looks at all of the data of an experiment. */
function lintCommand({ config = "", set }: ExperimentOptions): string {
  return ["cellstate", "lint", "--config", config, ...set.flatMap((one) => ["--set", one])].map(quote).join(" ");
}

/** The first free folder under `runs/`; another process that takes it meanwhile keeps it. */
function createFreeFolder(folder: string, name: string, filesIn: (run: string) => RunFiles): LockedFolder {
  for (;;) {
    const free = freeRunFolder(folder, name);
    try {
      return createRunFolder(free, filesIn(free));
    } catch (error) {
      if (freeRunFolder(folder, name) === free) throw error;
    }
  }
}

/** The folder of the run that is to go on. */
function findToResume(name: string): RunPaths {
  const { run } = findRun(name, callerFolder());
  if (run === undefined) {
    throw new RunFolderError(`${name} is a saved model without its run; only a run folder can be resumed`);
  }
  return runPaths(run);
}

/** The result of a run whose model is whole; undefined while it is not finished. */
async function finishedResult(paths: RunPaths): Promise<RunResult | undefined> {
  const result = await readResult(paths.result);
  if (result !== undefined) await readModelFolder(paths.model);
  return result;
}

/** Cleans a finished run that was stopped before it could; a folder that is in use, or that cannot be written, stays as it is. */
async function cleanLocked({ paths, lock, experiment }: Start, { stoppedBy }: RunResult): Promise<void> {
  let runLock: FolderLock | undefined;
  try {
    runLock = lockFolder(paths.folder);
    await cleanFinished(paths, lock, experiment, stoppedBy);
  } catch (error) {
    if (!(error instanceof FolderInUseError) && !(error instanceof DiskError) && systemFaultOf(error) === undefined)
      throw error;
  } finally {
    runLock?.release();
  }
}

async function resumeRun(paths: RunPaths, known: readonly Task[]): Promise<Start> {
  const lock = readLock(paths.lock);
  return {
    paths,
    lock,
    ...(await lockedExperiment(paths.lock, lock, known)),
    resumed: true,
    pauseAfterEpochs: null,
  };
}

/** Trains a run that was created or is to go on; undefined where it has paused. @throws {InterruptedError} if it is interrupted */
export async function run(start: Start, runLock: FolderLock, progress: Progress): Promise<RunResult | undefined> {
  const { paths } = start;
  removeLeftovers([paths.folder, paths.model, paths.predictions]);
  const controller = new AbortController();
  let looping = false;
  let begun = false;
  const interrupt = () => {
    if (!looping || controller.signal.aborted) {
      // Nothing is lost: what is on disk is whole, and the last checkpoint is behind us.
      progress.end();
      printMessage(`cellstate: ${interruptedMessage(paths)}\n`);
      process.exit(130);
    }
    progress.line("stopping after this step; press Ctrl-C again to stop at once");
    controller.abort();
  };
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    const result = await trainRun({
      ...start,
      progress,
      signal: controller.signal,
      onLoop: (running) => {
        looping = running;
        begun = true;
      },
    });
    if (result === undefined) {
      if (controller.signal.aborted) throw new InterruptedError(interruptedMessage(paths));
      progress.line(`paused after epoch ${start.pauseAfterEpochs}`);
      return undefined;
    }
    await cleanOrWarn(start, result, progress);
    return result;
  } catch (error) {
    progress.end();
    // A run that could not even begin, say for its data, leaves nothing in the way of the next attempt.
    if (!start.resumed && (!begun || isBeforeFirstStep(error))) removeRunFolder(paths);
    throw error;
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
    runLock.release();
  }
}

/** Whether the loop refused what it was given, since it does not fit the model's parameters. */
function isBeforeFirstStep(error: unknown): boolean {
  const refusals = [NamePatternError, ParameterGroupError, TrainingStateError];
  return refusals.some((refusal) => error instanceof refusal);
}

/** The run is finished, whatever of it cannot be removed. */
async function cleanOrWarn({ paths, lock, experiment }: Start, result: RunResult, progress: Progress): Promise<void> {
  try {
    await cleanFinished(paths, lock, experiment, result.stoppedBy);
  } catch (error) {
    const fault = systemFaultOf(error);
    if (fault === undefined) throw error;
    progress.warn(`warning: cannot clean up ${paths.folder}: ${fault.message} (${fault.code})`);
  }
}

/** One of several runs goes on with all of them. */
function interruptedMessage({ folder }: RunPaths): string {
  const together = dirname(folder);
  const place = existsSync(join(together, SEEDS_FILE)) ? together : folder;
  return `interrupted; go on with: cellstate train --resume ${quote(asCaller(place))}`;
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
