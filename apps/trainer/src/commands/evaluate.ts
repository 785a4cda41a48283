/** `cellstate evaluate`: a saved model's scores on its own splits or on a file. */
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { type DataColumns, type DataRecord, isTextRecord, loadFile } from "@cellstate/data";
import { checkResolved } from "../config/load.ts";
import { UsageError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { scoreTable } from "../progress/result-table.ts";
import { readLock } from "../run/config-lock.ts";
import { runPaths } from "../run/folder.ts";
import type { Scores } from "../run/result.ts";
import type { LoadedModel } from "../run/saved-model.ts";
import { formatVersion } from "../run/versioned.ts";
import { loadData, type ModelData } from "../train/load-data.ts";
import { evaluatedSplits } from "../train/prepare.ts";
import { score, scoresOf } from "../train/score.ts";
import { findModel, type ModelInfo, withModel } from "./with-model.ts";

export interface EvaluateOptions {
  readonly data?: string;
  readonly json?: boolean;
}

type Records = ReadonlyMap<string, readonly DataRecord[]>;

export async function evaluateCommand(run: string, options: EvaluateOptions): Promise<void> {
  const info = findModel(run);
  const file = options.data === undefined ? undefined : fromCaller(options.data);
  const records =
    file === undefined ? await ownSplits(info, run) : new Map([["data", await readLabelled(file, info.data)]]);
  const metrics = await withModel(info, { threads: availableParallelism() }, (loaded) => scoreAll(loaded, records));
  if (options.json === true) {
    const { name, task } = info.values;
    const document = { formatVersion, name, task, dataset: info.data.dataset, data: file ?? null, metrics };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stdout.write(scoreTable({ metrics, baselines: {} }));
  }
}

async function scoreAll(loaded: LoadedModel, splits: Records): Promise<Record<string, Scores>> {
  const metrics: Record<string, Scores> = {};
  for (const [split, records] of splits) {
    const examples = loaded.task.encode(loaded.config, loaded.fitted, records, split);
    metrics[split] = scoresOf((await score(loaded, examples)).metrics);
  }
  return metrics;
}

/** Every split of the run's data but train. */
async function ownSplits({ run }: ModelInfo, name: string): Promise<Records> {
  if (run === undefined) {
    throw new UsageError(`${name} is a model without its run, so its data are not known; give --data <file>`);
  }
  const { lock } = runPaths(run);
  const experiment = checkResolved(readLock(lock).config, lock);
  const dataset = await loadData(experiment.data);
  return new Map(evaluatedSplits(dataset).map((split) => [split, dataset.splits[split] ?? []]));
}

async function readLabelled(file: string, data: ModelData): Promise<DataRecord[]> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--data ${file}: no such file`);
  const records = await loadFile(file, columnsOf(data));
  const { labels } = data;
  if (labels === undefined) return records;
  // Files of the dataset itself hold the card's short labels; both spellings are understood.
  return records.map((record) =>
    isTextRecord(record) && Object.hasOwn(labels, record.label) ? { ...record, label: labels[record.label]! } : record,
  );
}

function columnsOf({ sourceColumn, targetColumn, textColumn, labelColumn }: ModelData): DataColumns {
  if (sourceColumn !== undefined && targetColumn !== undefined) return { source: sourceColumn, target: targetColumn };
  return { text: textColumn ?? "text", label: labelColumn ?? "label" };
}
