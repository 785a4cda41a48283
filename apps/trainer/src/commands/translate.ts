/** `cellstate translate`: texts in, one text a line out, as soon as they come. */
import { isPlainMap } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import { UsageError } from "../errors.ts";
import { inputRecords } from "./inputs.ts";
import { print } from "./output.ts";
import { findModel, threadsFor, withModel } from "./with-model.ts";

export interface TranslateOptions {
  readonly input?: string;
  readonly beam?: number;
}

/** Texts above which more threads pay. */
const MANY_TEXTS = 8;

export async function translateCommand(
  run: string,
  texts: readonly string[],
  { input, beam }: TranslateOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  let found = findModel(run, tasks);
  if (!found.task.writesText) {
    throw new UsageError(
      `${run} is a model for ${found.task.name}, which does not translate; use: cellstate predict ${run}`,
    );
  }
  if (beam !== undefined) {
    const { search } = found.config;
    found = findModel(run, tasks, { search: { ...(isPlainMap(search) ? search : {}), beamSize: beam } });
  }
  await withModel(found, threadsFor(texts, MANY_TEXTS), async ({ model }) => {
    for await (const { prediction } of model.predict(inputRecords(found, { texts, input }))) {
      await print(`${oneLine(String(prediction))}\n`);
    }
  });
}

/** Line N of the output belongs to text N, so a translation stays on its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
