/** Opens a saved model for one command and closes it after. */
import { join } from "node:path";
import {
  describeModel,
  type FileContents,
  type ModelDescription,
  ModelFilesError,
  NonFiniteResultError,
  openModel,
  type Predictor,
  tasks as shippedTasks,
  type Task,
} from "@cellstate/tasks";
import { type BackendName, createSession } from "@cellstate/tensor";
import { RunFileError } from "../errors.ts";
import { callerFolder } from "../paths.ts";
import { type ConfigLock, lockedTasks, readLock, segmenterDrift } from "../run/config-lock.ts";
import { type FoundRun, findRun, runPaths } from "../run/folder.ts";
import { readModelFolder } from "../run/model-folder.ts";
import { requireOwnModel } from "../run/run-manifest.ts";
import { printMessage } from "../terminal/print.ts";
import { openableTasks } from "./openable-tasks.ts";
import { tasksWithOption } from "./plugin-option.ts";

/** What is known of a saved model before it is opened. */
export interface FoundModel extends FoundRun, ModelDescription {
  readonly files: FileContents;
}

/**
 * Finds the model that `<run>` names and reads its config. Warns where this Node may cut words in another way.
 *
 * @param changes  sections that replace those of the saved config
 * @param plugins  in place of those that its run names. Default: none
 */
export async function findModel(
  run: string,
  known: readonly Task[] = shippedTasks,
  changes: Readonly<Record<string, unknown>> = {},
  plugins: readonly string[] = [],
): Promise<FoundModel> {
  const found = findRun(run, callerFolder());
  const lock = found.run === undefined ? undefined : readLock(runPaths(found.run).lock);
  for (const drift of lock === undefined ? [] : segmenterDrift(lock)) printMessage(`warning: ${drift}\n`);
  const tasks = await tasksFor(found, lock, { known, plugins });
  const files = await readModelFolder(found.model);
  if (found.run !== undefined) await requireOwnModel(runPaths(found.run));
  return await withFolderNamed(found, () => ({
    ...found,
    files,
    ...describeModel(files, { tasks: openableTasks(tasks), changes }),
  }));
}

/** The tasks that there are with the plugins of the command line, or else with those of the run. */
async function tasksFor(
  { run }: FoundRun,
  lock: ConfigLock | undefined,
  { known, plugins }: { readonly known: readonly Task[]; readonly plugins: readonly string[] },
): Promise<readonly Task[]> {
  if (plugins.length > 0) return await tasksWithOption(plugins, known);
  return run === undefined || lock === undefined ? known : await lockedTasks(runPaths(run).lock, lock, known);
}

/** What a model computes on. */
export interface ComputeOptions {
  /** Default: the fastest that is there. */
  readonly backend?: "auto" | BackendName | undefined;
  /** Default: as many as the machine has, while they are faster than one. */
  readonly threads?: number | "auto" | undefined;
}

/** Runs `use` with the model in a session of its own. */
export async function withModel<T>(
  found: FoundModel,
  { backend = "auto", threads = "auto" }: ComputeOptions,
  use: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const session = await createSession({ backend, threads });
  try {
    const { files, config, task } = found;
    return await withFolderNamed(found, async () =>
      use(await openModel(files, session, { tasks: [task], changes: config, verify: false })),
    );
  } finally {
    await session.dispose();
  }
}

/** Runs `work`; what is wrong with the model is told with its folder. */
async function withFolderNamed<T>({ model }: FoundRun, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelFilesError) throw new RunFileError(join(model, error.file), error.problem);
    if (error instanceof NonFiniteResultError) throw new RunFileError(model, error.message);
    throw error;
  }
}

/**
 * Threads for that many texts as arguments, or for a stream if there are none: a few are done before a second thread is up.
 *
 * @param many  texts above which more threads pay
 */
export function threadsFor(texts: readonly string[], many: number): number | "auto" {
  return texts.length > 0 && texts.length <= many ? 1 : "auto";
}
