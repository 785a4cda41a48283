/** From a resolved experiment to encoded examples: loads the data, fits tokenizer and labels on train, encodes every split. */
import { type Dataset, hashFile } from "@cellstate/data";
import { sha256 } from "@cellstate/files";
import type { ModelFiles } from "@cellstate/tasks";
import type { Experiment } from "../config/schema.ts";
import { RunFolderError } from "../errors.ts";
import type { ConfigLock } from "../run/config-lock.ts";
import { describeData, loadData, type ModelData } from "./load-data.ts";
import { type TaskWithConfig, taskOf } from "./task-of.ts";

export interface Prepared extends TaskWithConfig {
  readonly dataset: Dataset;
  readonly modelData: ModelData;
  readonly fitted: unknown;
  readonly files: ModelFiles;
  /** SHA-256 of all that the run reads: data, and a tokenizer from a file. */
  readonly dataHashes: Readonly<Record<string, string>>;
  /** SHA-256 of the saved tokenizer and label files. */
  readonly fileHashes: Readonly<Record<string, string>>;
  readonly train: readonly unknown[];
  /** All other splits: dev, test, then the extra ones. */
  readonly evaluated: ReadonlyMap<string, readonly unknown[]>;
}

/**
 * Prepares a run.
 *
 * @param lock  of the run; on resume it holds hashes that the data and the tokenizer must still have
 * @throws {DataError} if the data do not fit the task
 * @throws {RunFolderError} if the data or the tokenizer are no longer those that the run began with
 */
export async function prepare(experiment: Experiment, lock: ConfigLock): Promise<Prepared> {
  const { task, config } = taskOf(experiment);
  const dataset = await loadData(experiment.data);
  const dataHashes = { ...dataset.hashes, ...(await hashSources((await task.sources?.(config)) ?? [])) };
  requireSame("data", lock.data, dataHashes);
  const fitted = await task.fit(config, dataset);
  const files = task.save(fitted);
  const fileHashes = Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)]));
  requireSame("tokenizer", lock.tokenizer, fileHashes);
  const encode = (split: string) => task.encode(config, fitted, dataset.splits[split] ?? [], split);
  return {
    task,
    config,
    dataset,
    modelData: await describeData(experiment.data, dataset),
    fitted,
    files,
    dataHashes,
    fileHashes,
    train: encode("train"),
    evaluated: new Map(evaluatedSplits(dataset).map((split) => [split, encode(split)])),
  };
}

/** Every split but train: dev first, then test, then the extra ones in the dataset's order. */
export function evaluatedSplits({ splits }: Dataset): string[] {
  const names = Object.keys(splits);
  const extra = names.filter((name) => !["train", "dev", "test"].includes(name));
  return [...["dev", "test"].filter((name) => names.includes(name)), ...extra];
}

async function hashSources(paths: readonly string[]): Promise<Hashes> {
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await hashFile(path)] as const)));
}

type Hashes = Readonly<Record<string, string>>;

function requireSame(what: string, before: Hashes | null, now: Hashes): void {
  if (before === null) return;
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => before[name] !== now[name]);
  if (changed.length === 0) return;
  const why = what === "data" ? "put the old files back" : "the tokenizer depends on Cellstate and Unicode versions";
  throw new RunFolderError(
    `the ${what} changed since the run began (${changed.join(", ")}), so it cannot go on; ${why}, or train anew`,
  );
}
