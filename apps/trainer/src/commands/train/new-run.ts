/** Makes the experiment that a command line asks for, and a run folder for it. */
import { existsSync } from "node:fs";
import type { FolderLock } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import { numericsVersion } from "@cellstate/tensor";
import { hashConfigFiles } from "../../config/config-files.ts";
import { pathKeysOf, relativePath, relativePaths } from "../../config/file-paths.ts";
import { findConfig } from "../../config/find.ts";
import { loadConfig } from "../../config/load.ts";
import { UsageError } from "../../errors.ts";
import { callerFolder, fromCaller } from "../../paths.ts";
import { formatLock, lockIn, newLock } from "../../run/config-lock.ts";
import {
  checkFree,
  createRunFolder,
  freeRunFolder,
  type LockedFolder,
  type RunFiles,
  runName,
} from "../../run/create-folder.ts";
import { gitState } from "../../run/git-state.ts";
import { quote } from "../../terminal/shell.ts";
import type { TrainOptions } from "../train.ts";
import type { Start } from "./run.ts";

/** How a run is made. */
export interface RunOptions extends TrainOptions {
  /** Whether a new run says what stands out in its data. Default: no */
  readonly warnsOfData?: boolean;
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
