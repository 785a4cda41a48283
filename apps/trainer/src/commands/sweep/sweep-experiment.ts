/** Begins a sweep or goes on with one, and prints what it has found. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import {
  ConfigError,
  type FolderLock,
  lockFolder,
  makeFolder,
  writeFileAtomic,
  writeJsonAtomic,
} from "@cellstate/files";
import { planOf, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { hashConfigFiles } from "../../config/config-files.ts";
import { pathKeysOf, relativePath, relativePaths } from "../../config/file-paths.ts";
import { findConfig } from "../../config/find.ts";
import { loadConfig } from "../../config/load.ts";
import { InterruptedError, RunFolderError, UsageError } from "../../errors.ts";
import { asCaller, callerFolder, fromCaller } from "../../paths.ts";
import { renderSweepPage } from "../../report/sweep-page.ts";
import { baseOf, folderFrom, realFolder } from "../../run/config-lock.ts";
import { checkFree, freeRunFolder, refuseWrongPath, runName } from "../../run/create-folder.ts";
import { gitState } from "../../run/git-state.ts";
import { hashValue } from "../../run/lock-seals.ts";
import { checkPoints } from "../../sweep/check-points.ts";
import type { Executor, ExecutorContext } from "../../sweep/executors/executor.ts";
import { kubernetesExecutor, kubernetesOptions } from "../../sweep/executors/kubernetes.ts";
import { commandExecutor, commandTemplate, localExecutor, workerThreads } from "../../sweep/executors/local.ts";
import { slurmExecutor } from "../../sweep/executors/slurm.ts";
import { isSweepFolder, type SweepPaths, sweepPaths } from "../../sweep/paths.ts";
import { portableChoices } from "../../sweep/portable-choices.ts";
import { runSweep } from "../../sweep/run-sweep.ts";
import { newSweepLock, readSweepLock, sweepTasks } from "../../sweep/sweep-lock.ts";
import { type SweepPlan, sweepPlan } from "../../sweep/sweep-plan.ts";
import { bestConfig, type SweepResult, sweepResult, winnerOf } from "../../sweep/sweep-result.ts";
import { outcomeOf } from "../../sweep/trial-runs.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { quote } from "../../terminal/shell.ts";
import { describeSweep } from "../../terminal/sweep-table.ts";
import type { SweepOptions } from "../sweep.ts";
import { withRelativePath } from "../train/new-run.ts";
import { runTask } from "./run-task.ts";
import { scoreWinner } from "./score-winner.ts";

const MS_IN_A_MINUTE = 60_000;
/** What ends a sweep in good order. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What `cellstate sweep` does. */
export async function sweepExperiment(options: SweepOptions, tasks: readonly Task[] = shippedTasks): Promise<void> {
  if (options.task !== undefined) {
    if (options.resume === undefined) throw new UsageError("--task needs --resume <dir>, the folder of its sweep");
    await runTask(fromCaller(options.resume), options.task, tasks);
    return;
  }
  if (options.resume !== undefined) refuseWithResume(options);
  const { folderLock, ...begun } = await (options.resume === undefined
    ? beginSweep(options, tasks)
    : resumeSweep(fromCaller(options.resume), tasks));
  try {
    const { paths, plan } = begun;
    const result = await sweepToEnd({ ...begun, options });
    if (options.json === true) printJson(result);
    else print(describeSweep(result, planOf(plan.experiment, plan.tasks).plan, asCaller(paths.folder)));
    requireScore(result);
  } finally {
    folderLock.release();
  }
}

interface Begun {
  readonly paths: SweepPaths;
  readonly plan: SweepPlan;
  /** The tasks without plugins. */
  readonly known: readonly Task[];
  readonly folderLock: FolderLock;
}

/** @internal A sweep in a folder of its own, all points that are known checked. */
export async function beginSweep(options: SweepOptions, known: readonly Task[]): Promise<Begun> {
  const { config, set, seed, backend = "auto", out } = options;
  if (config === undefined) {
    throw new UsageError(
      "sweep needs --config <file|name> or --resume <dir>; try: cellstate sweep --config my-sweep.yaml",
    );
  }
  const caller = callerFolder();
  if (out !== undefined) checkFree(fromCaller(out));
  const file = findConfig(config, caller);
  const loaded = await loadConfig({ file, overrides: set, seed, folder: caller, tasks: known });
  if (loaded.sweep === undefined) {
    const message =
      "is missing: it says which values to try, such as sweep: { method: grid, parameters: { seed: [1, 2] } }";
    throw new ConfigError([{ where: asCaller(file), path: "sweep", message }]);
  }
  const command = ["cellstate", "sweep", "--config", relativePath(config, caller)];
  for (const assignment of set) command.push("--set", withRelativePath(assignment, caller));
  if (seed !== undefined) command.push("--seed", String(seed));
  const { base, tasks, written, experiment } = loaded;
  const locked = {
    name: experiment.name,
    config: relativePaths(written.values, base, pathKeysOf(tasks)),
    configText: loaded.text,
    configFiles: hashConfigFiles(loaded.file, base),
    plugins: loaded.pluginHashes,
    git: gitState(base),
    sweep: portableChoices(loaded.sweep, base, tasks),
    options: { backend, command: command.map(quote).join(" ") },
  };
  const name = `${runName(locked.name, new Date(), hashValue(locked))}-sweep`;
  const paths = sweepPaths(out === undefined ? freeRunFolder(caller, name) : fromCaller(out));
  const lock = newSweepLock({ ...locked, configFolder: folderFrom(paths.folder, base) });
  const plan = sweepPlan(lock, { folder: realFolder(base), tasks, origins: written.origins });
  checkPoints(plan);
  checkWorkers(options);
  checkExecutor(options, plan, paths);
  refuseWrongPath(paths.folder, () => makeFolder(paths.folder));
  const folderLock = lockFolder(paths.folder);
  try {
    checkFree(paths.folder);
    writeFileAtomic(paths.config, loaded.text);
    writeJsonAtomic(paths.lock, lock);
  } catch (error) {
    folderLock.release();
    throw error;
  }
  return { paths, plan, known, folderLock };
}

async function resumeSweep(folder: string, known: readonly Task[]): Promise<Begun> {
  if (!isSweepFolder(folder)) {
    throw new RunFolderError(
      existsSync(folder)
        ? `--resume ${folder}: is no sweep (it has no sweep.lock.json); a run goes on with: cellstate train --resume`
        : `--resume ${folder}: no such folder`,
    );
  }
  const paths = sweepPaths(folder);
  const folderLock = lockFolder(folder);
  try {
    const lock = readSweepLock(paths.lock);
    const tasks = await sweepTasks(paths.lock, lock, known);
    return { paths, plan: sweepPlan(lock, { folder: baseOf(paths.lock, lock), tasks }), known, folderLock };
  } catch (error) {
    folderLock.release();
    throw error;
  }
}

function refuseWithResume(options: SweepOptions): void {
  const given = (["config", "seed", "backend", "out"] as const).filter((name) => options[name] !== undefined);
  const names = [...given, ...(options.set.length > 0 ? ["set"] : [])].map((name) => `--${name}`);
  if (names.length === 0) return;
  throw new UsageError(`--resume goes on with the sweep's own config; leave out ${names.join(", ")}`);
}

interface Workers {
  readonly workers: number;
  readonly threads: number;
}

/**
 * How many runs train at the same time, and the threads of each; what a command of the user's runs may be on other machines.
 *
 * @throws {UsageError} if they are more than the cores of this machine, where they share them
 */
function checkWorkers({ workers = availableParallelism(), threads, executor }: SweepOptions): Workers {
  if (executor === "command") return { workers, threads: threads ?? 1 };
  return { workers, threads: workerThreads(workers, threads) };
}

/** @throws {ConfigError} if the config does not say what the executor needs to know */
function checkExecutor({ executor }: SweepOptions, plan: SweepPlan, paths: SweepPaths): void {
  if (executor === "command") commandTemplate(plan);
  if (executor === "kubernetes") kubernetesOptions(plan, paths);
}

interface SweepToEnd extends Omit<Begun, "folderLock"> {
  readonly options: SweepOptions;
  /** Who trains. Default: whom the options name. */
  readonly makeExecutor?: (context: ExecutorContext) => Executor;
}

/** @internal */
export async function sweepToEnd({ paths, plan, known, options, makeExecutor }: SweepToEnd): Promise<SweepResult> {
  const { workers, threads } = checkWorkers(options);
  const progress = createProgress({ quiet: options.quiet });
  const { maxMinutes = Number.POSITIVE_INFINITY } = plan.section;
  const controller = new AbortController();
  const interrupt = () => {
    if (!controller.signal.aborted) progress.line("stopping; workers write their checkpoints");
    controller.abort();
  };
  const context: ExecutorContext = {
    paths,
    plan,
    workers,
    progress,
    isDone: async (run) => (await outcomeOf(paths, run)) !== undefined,
    signal: controller.signal,
    deadline: performance.now() + maxMinutes * MS_IN_A_MINUTE,
  };
  progress.line(`sweep   ${paths.folder}`);
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    const executor = makeExecutor?.(context) ?? executorOf(options, context, threads);
    const outcome = await runSweep(context, executor);
    const best = winnerOf(plan, outcome.points);
    const scored = best && (await scoreWinner(paths, best.runs, known, progress));
    const result = sweepResult(plan, outcome, scored);
    writeResult(paths, plan, result, progress);
    return result;
  } catch (error) {
    progress.end();
    if (!(error instanceof InterruptedError)) throw error;
    const again = `go on with: cellstate sweep --resume ${quote(asCaller(paths.folder))}`;
    throw new InterruptedError(`${error.message}; ${again}`, { cause: error });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}

function executorOf({ executor = "local" }: SweepOptions, context: ExecutorContext, threads: number): Executor {
  switch (executor) {
    case "local":
      return localExecutor(context, threads);
    case "command":
      return commandExecutor(context, threads);
    case "slurm":
      return slurmExecutor(context);
    case "kubernetes":
      return kubernetesExecutor(context);
    default:
      return executor satisfies never;
  }
}

/** `sweep.json` comes last and marks the sweep as finished. */
function writeResult(paths: SweepPaths, plan: SweepPlan, result: SweepResult, progress: Progress): void {
  const best = bestConfig(plan, paths.folder, result);
  if (best !== undefined) writeFileAtomic(paths.best, best);
  writeFileAtomic(
    paths.page,
    renderSweepPage(result, planOf(plan.experiment, plan.tasks).plan, plan.section.parameters),
  );
  writeJsonAtomic(paths.result, result);
  progress.end();
}

/** A sweep whose points all failed has found nothing. */
function requireScore({ points, winner, complete }: SweepResult): void {
  const failed = points.find(({ error }) => error !== null);
  if (winner !== null || !complete || failed?.error === undefined) return;
  throw new RunFolderError(`no point was trained to its end; point ${failed.point}: ${failed.error}`);
}
