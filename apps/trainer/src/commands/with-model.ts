/** Opens a saved model for one command and closes it after. */

import type { PlainMap } from "@cellstate/files";
import { createSession } from "@cellstate/tensor";
import { callerFolder } from "../paths.ts";
import { readLock, segmenterDrift } from "../run/config-lock.ts";
import { type FoundRun, findRun, runPaths } from "../run/folder.ts";
import { type LoadedModel, loadModel, readModelConfig } from "../run/saved-model.ts";
import type { ModelData } from "../train/load-data.ts";

/** What is known of a saved model before it is loaded. */
export interface ModelInfo extends FoundRun {
  readonly values: PlainMap;
  readonly task: string;
  readonly data: ModelData;
}

/** Finds the model that `<run>` names and reads its config. Warns where this Node may cut words in another way. */
export function findModel(run: string): ModelInfo {
  const found = findRun(run, callerFolder());
  for (const drift of found.run === undefined ? [] : segmenterDrift(readLock(runPaths(found.run).lock))) {
    process.stderr.write(`warning: ${drift}\n`);
  }
  const values = readModelConfig(found.model);
  return { ...found, values, task: String(values.task), data: values.data as ModelData };
}

export interface WithModelOptions {
  /** Threads of the backend; a few sentences are done before a second thread is up. Default 1. */
  readonly threads?: number;
  /** Values that replace those of the saved config. */
  readonly changes?: PlainMap;
}

/** Runs `use` with the model in a session of its own. */
export async function withModel<T>(
  { model }: ModelInfo,
  { threads = 1, changes = {} }: WithModelOptions,
  use: (loaded: LoadedModel) => Promise<T>,
): Promise<T> {
  const session = await createSession({ threads });
  try {
    return await use(loadModel(model, session, changes));
  } finally {
    await session.dispose();
  }
}
