/** Finds the run that `--resume` names, and whether anything of it is left to do. */
import { rmSync } from "node:fs";
import { DiskError, FolderInUseError, type FolderLock, lockFolder, systemFaultOf } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import { RunFolderError, UsageError } from "../../errors.ts";
import { callerFolder } from "../../paths.ts";
import { cleanFinished } from "../../run/clean-finished.ts";
import { lockedExperiment, readLock, writeLock } from "../../run/config-lock.ts";
import { findRun, type RunPaths, runPaths } from "../../run/folder.ts";
import { readModelFolder } from "../../run/model-folder.ts";
import { type RunResult, readResult } from "../../run/result.ts";
import { formatDuration } from "../../terminal/format.ts";
import type { TrainOptions } from "../train.ts";
import type { Start } from "./run.ts";

const SECONDS_IN_A_MINUTE = 60;

/**
 * The result of a run with nothing left to do: it is finished, and not by a budget that is now larger.
 *
 * @throws {UsageError} if its time ended it and the new budget is no more than it has had
 */
export async function endedResult(
  paths: RunPaths,
  { budget }: Pick<TrainOptions, "budget">,
): Promise<RunResult | undefined> {
  const result = await finishedResult(paths);
  if (budget === undefined || result?.stoppedBy !== "maxMinutes") return result;
  const minutes = result.trainSeconds / SECONDS_IN_A_MINUTE;
  if (budget > minutes) return undefined;
  throw new UsageError(
    `--budget: the run has trained for ${formatDuration(result.trainSeconds)} already, and its parts count together; give more`,
  );
}

/** From now on the run is one under way, with another budget. */
export function beginBudget(paths: RunPaths, budgetMinutes: number): void {
  const lock = readLock(paths.lock);
  writeLock(paths.lock, { ...lock, options: { ...lock.options, budgetMinutes } });
  rmSync(paths.manifest, { force: true });
  rmSync(paths.result, { force: true });
}

/** The folder of the run that is to go on. */
export function findToResume(name: string): RunPaths {
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
export async function cleanLocked({ paths, lock, experiment }: Start, { stoppedBy }: RunResult): Promise<void> {
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

export async function resumeRun(paths: RunPaths, known: readonly Task[]): Promise<Start> {
  const lock = readLock(paths.lock);
  return {
    paths,
    lock,
    ...(await lockedExperiment(paths.lock, lock, known)),
    resumed: true,
    pauseAfterEpochs: null,
  };
}
