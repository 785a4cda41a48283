/** Opens a saved model for one command and closes it after. */
import { availableParallelism } from "node:os";
import {
  describeModel,
  type FileContents,
  type ModelDescription,
  openModel,
  type Predictor,
  type Task,
} from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { callerFolder } from "../paths.ts";
import { readLock, segmenterDrift } from "../run/config-lock.ts";
import { type FoundRun, findRun, runPaths } from "../run/folder.ts";
import { readModelFolder } from "../run/model-folder.ts";
import { printMessage } from "../terminal/print.ts";

/** What is known of a saved model before it is opened. */
export interface FoundModel extends FoundRun, ModelDescription {
  readonly files: FileContents;
}

/**
 * Finds the model that `<run>` names and reads its config. Warns where this Node may cut words in another way.
 *
 * @param changes  sections that replace those of the saved config
 */
export function findModel(
  run: string,
  tasks: readonly Task[] | undefined,
  changes: Readonly<Record<string, unknown>> = {},
): FoundModel {
  const found = findRun(run, callerFolder());
  for (const drift of found.run === undefined ? [] : segmenterDrift(readLock(runPaths(found.run).lock))) {
    printMessage(`warning: ${drift}\n`);
  }
  const files = readModelFolder(found.model);
  return { ...found, files, ...describeModel(files, { tasks, changes }) };
}

/** Runs `use` with the model in a session of its own. */
export async function withModel<T>(
  { files, config, task }: FoundModel,
  threads: number,
  use: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const session = await createSession({ threads });
  try {
    return await use(await openModel(files, session, { tasks: [task], changes: config }));
  } finally {
    await session.dispose();
  }
}

/**
 * Threads for that many texts as arguments, or for a stream if there are none: a few are done before a second thread is up.
 *
 * @param many  texts above which more threads pay
 */
export function threadsFor(texts: readonly string[], many: number): number {
  return texts.length > 0 && texts.length <= many ? 1 : availableParallelism();
}
