/** `train --fork`: a run that begins from a checkpoint of another one, with what `--set` changes. */
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { numericsVersion } from "@cellstate/tensor";
import { pathKeysOf, relativePath, relativePaths } from "../../config/file-paths.ts";
import { changeResolved } from "../../config/load.ts";
import { UsageError } from "../../errors.ts";
import { callerFolder, fromCaller } from "../../paths.ts";
import { type ConfigLock, lockedExperiment, newLock } from "../../run/config-lock.ts";
import { checkFree } from "../../run/create-folder.ts";
import { findParent } from "../../run/parent-checkpoint.ts";
import { createProgress } from "../../terminal/progress.ts";
import { quote } from "../../terminal/shell.ts";
import { checkFork, forkFault, selectionOf } from "../../train/fork.ts";
import type { TrainOptions } from "../train.ts";
import { createRun, withRelativePath } from "./new-run.ts";
import { run } from "./run.ts";
import { printResult } from "./train-experiment.ts";

/**
 * Trains it to its end and prints its scores.
 *
 * @throws {UsageError} naming the first key that must not change, or all that changed where the state turns out not to fit
 */
export async function trainFork(
  spec: string,
  options: TrainOptions,
  known: readonly Task[] = shippedTasks,
): Promise<void> {
  refuseOthers(options);
  if (options.out !== undefined) checkFree(fromCaller(options.out));
  const found = findParent(spec);
  const { experiment: before, tasks, base } = await lockedExperiment(found.lockPath, found.lock, known);
  const folder = callerFolder();
  const experiment = changeResolved(before, { file: found.lockPath, overrides: options.set, folder, tasks });
  const changed = checkFork(found, before, experiment);
  const command = ["cellstate", "train", "--fork", relativePath(found.spec, folder)];
  for (const assignment of options.set) command.push("--set", withRelativePath(assignment, folder));
  const { backend = "auto", threads = null, budget } = options;
  const { configText: text, configFiles, plugins, git, data, tokenizer } = found.lock;
  const fresh = newLock({
    config: relativePaths(experiment, base, pathKeysOf(tasks)),
    configText: text,
    configFiles,
    plugins,
    git,
    options: {
      backend,
      threads,
      command: command.map(quote).join(" "),
      ...(budget === undefined ? {} : { budgetMinutes: budget }),
    },
    numericsVersion,
    parent: { ...found.parent, selection: selectionOf(before, tasks) },
  });
  // What the run has read, and what was learned from it, must still be the same.
  const lock: ConfigLock = { ...fresh, data, tokenizer };
  const progress = createProgress({ quiet: options.quiet });
  const made = { experiment, base, text, lock, folder, tasks, start: found.bytes };
  const { start, runLock } = createRun(options, made);
  try {
    progress.line(`fork    of ${found.spec}`);
    const result = await run(start, runLock, progress);
    if (result === undefined) throw new Error("internal: a run paused that should not");
    printResult(result, start, options);
  } catch (error) {
    throw forkFault(error, found.spec, changed);
  }
}

function refuseOthers({ config, seed, seeds, folds, resume, dryRun, overfitOneBatch }: TrainOptions): void {
  const flags = { config, seed, seeds, folds, resume, "dry-run": dryRun, "overfit-one-batch": overfitOneBatch };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw new UsageError(
    `--fork takes the config of its run, which --set changes where the state allows it; leave out ${given.map(([name]) => `--${name}`).join(", ")}`,
  );
}
