/** The labelled records that `evaluate` scores: the run's own splits, or files. */
import { statSync } from "node:fs";
import type { DataRecord } from "@cellstate/data";
import { loadDataset, readFileRecords } from "@cellstate/data/node";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import type { FoundModel } from "../../command-line/with-model.ts";
import { dataContext } from "../../datasets.ts";
import { UsageError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";
import { lockedExperiment, readLock } from "../../run/config-lock.ts";
import { runPaths } from "../../run/folder.ts";
import { printMessage } from "../../terminal/print.ts";

/** Records by split. */
export type Splits = Readonly<Record<string, readonly DataRecord[]>>;

/** A file, or a plain text file for each column. */
export type LabelledFiles = string | Readonly<Record<string, string>>;

/** Every split of the run's data but train; warns where a file is no longer what the run read. */
export async function ownSplits(
  { run, plan }: FoundModel,
  name: string,
  tasks: readonly Task[] = shippedTasks,
): Promise<Splits> {
  if (run === undefined) {
    throw new UsageError(`${name} is a model without its run, so its data are not known; give --data <file>`);
  }
  const { lock: path } = runPaths(run);
  const lock = readLock(path);
  const { data } = lock;
  const experiment = lockedExperiment(path, lock, tasks);
  const { evaluated, hashes } = await loadDataset(experiment.data, plan.fields, dataContext());
  const changed = Object.keys(hashes).filter((file) => data !== null && data[file] !== hashes[file]);
  if (changed.length > 0) {
    printMessage(`warning: ${changed.join(", ")} changed since the run; these are scores on the files of now\n`);
  }
  return evaluated;
}

/** The records of each `--data`: of a single one as the split `data`, of several by what was given. */
export async function fileSplits(files: ReadonlyMap<string, LabelledFiles>, found: FoundModel): Promise<Splits> {
  const { plan, data } = found;
  const { columns, labels } = data;
  const splits: [string, DataRecord[]][] = [];
  for (const [given, file] of files) {
    const records = await Array.fromAsync(
      readFileRecords(file, { fields: plan.fields, columns, labels, purpose: "evaluate" }),
    );
    splits.push([files.size === 1 ? "data" : given, records]);
  }
  return Object.fromEntries(splits);
}

/**
 * What each `--data` names: a file, or `source=test.en,target=test.de`.
 *
 * @throws {UsageError} if a file is not there, or is given twice
 */
export function labelledFiles(given: readonly string[]): ReadonlyMap<string, LabelledFiles> {
  const twice = given.find((one, index) => given.indexOf(one) !== index);
  if (twice !== undefined) throw new UsageError(`--data ${twice}: is given twice`);
  return new Map(given.map((one) => [one, filesOf(one)]));
}

function filesOf(given: string): LabelledFiles {
  const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const file = fromCaller(given);
  const parts = given.split(",").map((part) => /^([^=]+)=(.+)$/.exec(part));
  const entries = parts.flatMap((part) => (part === null ? [] : [[part[1]!.trim(), fromCaller(part[2]!)] as const]));
  const files = isFile(file) || entries.length < parts.length ? file : Object.fromEntries(entries);
  const missing = (typeof files === "string" ? [files] : Object.values(files)).find((one) => !isFile(one));
  if (missing !== undefined) throw new UsageError(`--data ${missing}: no such file`);
  return files;
}
