/** The labelled records that `evaluate` scores: the run's own splits, or files. */
import { existsSync } from "node:fs";
import type { DataRecord, Records } from "@cellstate/data";
import { loadDataset, readFileRecords } from "@cellstate/data/node";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { inputFile } from "../../command-line/input-file.ts";
import type { FoundModel } from "../../command-line/with-model.ts";
import { dataContext } from "../../datasets.ts";
import { UsageError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";
import { lockedExperiment, readLock } from "../../run/config-lock.ts";
import { runPaths } from "../../run/folder.ts";
import { printMessage } from "../../terminal/print.ts";
import { withRelativeNames } from "../../train/prepare.ts";

/** Records by split, and those of train where they are known and come before. */
export interface Splits {
  readonly evaluated: Readonly<Record<string, readonly DataRecord[]>>;
  readonly train?: Records;
}

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
  const { experiment, base } = await lockedExperiment(path, lock, tasks);
  const { train, evaluated, hashes: found } = await loadDataset(experiment.data, plan.fields, dataContext());
  const hashes = withRelativeNames(found, base);
  const changed = Object.keys(hashes).filter((file) => data !== null && data[file] !== hashes[file]);
  if (changed.length > 0) {
    printMessage(`warning: ${changed.join(", ")} changed since the run; these are scores on the files of now\n`);
  }
  return { train, evaluated };
}

/** The records of each `--data`: of a single one as the split `data`, of several by what was given. */
export async function fileSplits(files: ReadonlyMap<string, LabelledFiles>, found: FoundModel): Promise<Splits> {
  const { plan, data } = found;
  const { columns, labels, header } = data;
  const splits: [string, DataRecord[]][] = [];
  for (const [given, file] of files) {
    const records = await Array.fromAsync(
      readFileRecords(file, { fields: plan.fields, columns, labels, header, purpose: "evaluate" }),
    );
    splits.push([files.size === 1 ? "data" : given, records]);
  }
  return { evaluated: Object.fromEntries(splits) };
}

/**
 * What each `--data` names: a file, or `source=test.en,target=test.de`.
 *
 * @throws {UsageError} if a file is not there, or is given twice
 */
export async function labelledFiles(given: readonly string[]): Promise<ReadonlyMap<string, LabelledFiles>> {
  const twice = given.find((one, index) => given.indexOf(one) !== index);
  if (twice !== undefined) throw new UsageError(`--data ${twice}: is given twice`);
  return new Map(await Promise.all(given.map(async (one) => [one, await filesOf(one)] as const)));
}

async function filesOf(given: string): Promise<LabelledFiles> {
  const pairs = given.split(",").map((part) => /^([^=]+)=(.+)$/.exec(part));
  const isOne = pairs.includes(null) || existsSync(fromCaller(given));
  if (isOne) return await inputFile(given, { option: "--data" });
  const columns: Record<string, string> = {};
  for (const pair of pairs) columns[pair![1]!.trim()] = await inputFile(pair![2]!, { option: "--data" });
  return columns;
}
