/** Trains one run, from its first step or a checkpoint, to its end, a pause or an interruption. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FolderLock, removeLeftovers, systemFaultOf } from "@cellstate/files";
import { NamePatternError } from "@cellstate/lstm-core";
import type { Task } from "@cellstate/tasks";
import { ParameterGroupError, TrainingStateError } from "@cellstate/training";
import type { Experiment } from "../../config/schema.ts";
import { InterruptedError } from "../../errors.ts";
import { asCaller } from "../../paths.ts";
import { cleanFinished } from "../../run/clean-finished.ts";
import type { ConfigLock } from "../../run/config-lock.ts";
import { removeRunFolder } from "../../run/create-folder.ts";
import { type RunPaths, SEEDS_FILE } from "../../run/folder.ts";
import type { RunResult } from "../../run/result.ts";
import { printMessage } from "../../terminal/print.ts";
import type { Progress } from "../../terminal/progress.ts";
import { quote } from "../../terminal/shell.ts";
import { trainRun } from "../../train/train-run.ts";

/** What ends a run in good order: Ctrl-C, a polite kill, and a terminal that is closed. */
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A run that is ready to train. */
export interface Start {
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
