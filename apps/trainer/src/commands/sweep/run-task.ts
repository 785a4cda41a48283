/** One run of a batch, as executors call it: begun or gone on with, up to where its trial is scored. */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { FolderInUseError, systemFaultOf } from "@cellstate/files";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { RunFileError, UsageError } from "../../errors.ts";
import { endingOf } from "../../exit.ts";
import { runPaths } from "../../run/folder.ts";
import { parseTaskName, readBatch } from "../../sweep/batch.ts";
import { WORKER_VARIABLE } from "../../sweep/executors/process-pool.ts";
import { sweepPaths } from "../../sweep/paths.ts";
import { pointFile } from "../../sweep/point-file.ts";
import { readSweepLock, sweepTasks } from "../../sweep/sweep-lock.ts";
import { outcomeOf, type TrialRun, writeFailure } from "../../sweep/trial-runs.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { trainUntil } from "../train/train-experiment.ts";

/** Errors that say nothing of the point: the run goes on where they are out of the way. */
const OF_THE_MACHINE = [
  "BackendError",
  "InterruptedError",
  "DiskError",
  "FolderInUseError",
  "DownloadError",
  "CheckpointError",
  "RunFileError",
  "RunFolderError",
  "PluginChangedError",
  "ShardError",
];

/** Trains the run that `task` names, unless that is done. A failure of the run itself is noted beside it, and is no error here. */
export async function runTask(
  folder: string,
  task: string,
  tasks: readonly Task[] = shippedTasks,
  progress: Progress = createProgress(),
): Promise<void> {
  stopWithParent();
  const paths = sweepPaths(folder);
  const lock = readSweepLock(paths.lock);
  const { batch: number, index } = parseTaskName(task);
  const batch = readBatch(paths, number);
  const run = batch.runs[index];
  if (run === undefined)
    throw new UsageError(`--task ${task}: batch ${number} has ${batch.runs.length} runs, from ${number}:0`);
  if ((await outcomeOf(paths, run)) !== undefined) return;
  // All points are trained by the plugins that the sweep began with.
  await sweepTasks(paths.lock, lock, tasks);
  const place = join(paths.runs, run.run);
  const isBegun = existsSync(runPaths(place).lock);
  const begin = {
    config: realpathSync(pointFile(paths, run.point)),
    seed: run.seed,
    backend: lock.options.backend,
    ...(batch.threads === null ? {} : { threads: batch.threads }),
    out: place,
  };
  try {
    await trainUntil({ ...(isBegun ? { resume: place } : begin), set: [] }, tasks, progress, run.epochs);
  } catch (error) {
    if (!isOfTheRun(error)) throw error;
    const { message } = endingOf(error);
    writeFailure(paths, run.run, message);
    progress.line(`run ${run.run} failed: ${message}`);
    return;
  }
  await requireOutcome(folder, run);
}

async function requireOutcome(folder: string, run: TrialRun): Promise<void> {
  if ((await outcomeOf(sweepPaths(folder), run)) !== undefined) return;
  throw new RunFileError(join(sweepPaths(folder).runs, run.run), "was trained and has no score; its files are damaged");
}

function isOfTheRun(error: unknown): boolean {
  if (error instanceof FolderInUseError || systemFaultOf(error) !== undefined) return false;
  return !(error instanceof Error && OF_THE_MACHINE.includes(error.name));
}

/** A worker of a sweep that is gone writes a checkpoint and ends. */
function stopWithParent(): void {
  if (process.env[WORKER_VARIABLE] !== "1") return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref();
}
