/** A saved model's scores on its own splits or on a file. */
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { DataRecord } from "@cellstate/data";
import { loadDataset, readFileRecords } from "@cellstate/data/node";
import { type Predictor, type Scores, tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { type FoundModel, findModel, withModel } from "../../command-line/with-model.ts";
import { dataContext } from "../../datasets.ts";
import { UsageError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";
import { lockedExperiment, readLock } from "../../run/config-lock.ts";
import { runPaths } from "../../run/folder.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson, printMessage } from "../../terminal/print.ts";
import { scoreTable } from "../../terminal/result-table.ts";
import type { EvaluateOptions } from "../evaluate.ts";

/** Records by split. */
type Splits = Readonly<Record<string, readonly DataRecord[]>>;

/** What `cellstate evaluate` does. */
export async function evaluateModel(
  run: string,
  options: EvaluateOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  const found = await findModel(run, tasks);
  const files = options.data === undefined ? undefined : labelledFiles(options.data);
  const splits = files === undefined ? await ownSplits(found, run, tasks) : { data: await readLabelled(files, found) };
  const metrics = await withModel(found, availableParallelism(), (predictor) => scoreAll(predictor, splits));
  if (options.json === true) {
    const { name } = found.config;
    const { dataset } = found.data;
    const document = {
      formatVersion: FORMAT_VERSION,
      name,
      task: found.task.name,
      dataset,
      data: files ?? null,
      metrics,
    };
    printJson(document);
  } else {
    print(scoreTable({ metrics, baselines: {} }, found.plan));
  }
}

async function scoreAll({ pipeline, model }: Predictor, splits: Splits): Promise<Record<string, Scores>> {
  const metrics: Record<string, Scores> = {};
  for (const [split, records] of Object.entries(splits)) {
    metrics[split] = (await model.evaluate(await pipeline.encode(records, split))).scores;
  }
  return metrics;
}

/** Every split of the run's data but train; warns where a file is no longer what the run read. */
async function ownSplits(
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

/** A file, or a plain text file for each column. */
type LabelledFiles = string | Readonly<Record<string, string>>;

async function readLabelled(files: LabelledFiles, { plan, data }: FoundModel): Promise<DataRecord[]> {
  const { columns, labels } = data;
  return Array.fromAsync(readFileRecords(files, { fields: plan.fields, columns, labels, purpose: "evaluate" }));
}

/**
 * What `--data` names: a file, or `source=test.en,target=test.de`.
 *
 * @throws {UsageError} if one is not there
 */
function labelledFiles(given: string): LabelledFiles {
  const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  const file = fromCaller(given);
  const parts = given.split(",").map((part) => /^([^=]+)=(.+)$/.exec(part));
  const entries = parts.flatMap((part) => (part === null ? [] : [[part[1]!.trim(), fromCaller(part[2]!)] as const]));
  const files = isFile(file) || entries.length < parts.length ? file : Object.fromEntries(entries);
  const missing = (typeof files === "string" ? [files] : Object.values(files)).find((one) => !isFile(one));
  if (missing !== undefined) throw new UsageError(`--data ${missing}: no such file`);
  return files;
}
