/** From a resolved experiment to encoded examples: loads the data, fits what comes before the model, encodes every split. */
import type { Dataset } from "@cellstate/data";
import { hashFile, loadDataset, openShards, type ShardOptions, ShardWriter } from "@cellstate/data/node";
import { ConfigError, sha256 } from "@cellstate/files";
import { nearest } from "@cellstate/files/yaml";
import { type Encoded, type FileContents, type Pipeline, type Plan, planOf, type Task } from "@cellstate/tasks";
import { relativePath } from "../config/file-paths.ts";
import type { Experiment } from "../config/schema.ts";
import { dataContext } from "../datasets.ts";
import { RunFolderError } from "../errors.ts";
import type { ConfigLock } from "../run/config-lock.ts";
import { hashValue } from "../run/lock-seals.ts";
import { createSourceReader } from "../run/read-source.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import { earlierThan } from "./earlier-records.ts";
import { type InitSource, readInitSource } from "./init-source.ts";

export interface Prepared {
  readonly task: Task;
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  /** The trained model that this one begins with. */
  readonly init: InitSource | undefined;
  readonly dataset: Dataset;
  /** SHA-256 of all that the run reads: data, and files that the config names. */
  readonly dataHashes: Hashes;
  /** SHA-256 of what the pipeline saves, such as tokenizer and labels. */
  readonly fileHashes: Hashes;
  readonly train: Encoded;
  /** All other splits: dev, test, then the extra ones. */
  readonly evaluated: ReadonlyMap<string, Encoded>;
}

export interface PrepareOptions {
  readonly experiment: Experiment;
  /** The folder that paths of the lock are from. */
  readonly base: string;
  /** Of the run; on resume it holds hashes that the data and the fitted files must still have. */
  readonly lock: ConfigLock;
  /** Folder for training examples that are too many for memory. */
  readonly shards: string;
  readonly tasks: readonly Task[];
}

/**
 * Prepares a run.
 *
 * @throws {DataError} if the data do not fit the task
 * @throws {RunFolderError} if the data or the fitted files are no longer those that the run began with
 */
export async function prepare({ experiment, base, lock, shards, tasks }: PrepareOptions): Promise<Prepared> {
  const { task, plan } = planOf(experiment, tasks);
  const dataset = await loadDataset(experiment.data, plan.fields, dataContext());
  const datasetHashes = withRelativeNames(dataset.hashes, base);
  requireSame("data", only(lock.data, datasetHashes), datasetHashes);
  const sources = createSourceReader();
  const init = experiment.init && (await readInitSource(experiment.init, tasks, task));
  const pipeline = await (init?.options.fitted && init.files
    ? plan.load(init.files)
    : plan.fit(dataset.train, sources.read));
  const sourceHashes = { ...sources.hashes(), ...(await vectorHashes(pipeline)), ...init?.hashes };
  const dataHashes = { ...datasetHashes, ...withRelativeNames(sourceHashes, base) };
  requireSame("data", lock.data, dataHashes);
  const fileHashes = hashFiles(pipeline.save());
  requireSame("tokenizer", lock.tokenizer, fileHashes);
  const key = hashValue({ config: lock.configHash, dataHashes, fileHashes, cellstateVersion: CELLSTATE_VERSION });
  const evaluated = new Map<string, Encoded>();
  for (const [split, records] of Object.entries(chosenSplits(dataset, experiment))) {
    evaluated.set(split, await pipeline.encode(records, split, { earlier: earlierThan(split, dataset) }));
  }
  return {
    task,
    plan,
    pipeline,
    init,
    dataset,
    dataHashes,
    fileHashes,
    train: await encodeTrain(pipeline, dataset, { folder: shards, key }),
    evaluated,
  };
}

/** The splits that the run is scored on. @throws {ConfigError} if the config names one that there is not */
function chosenSplits({ evaluated }: Dataset, { evaluatedSplits }: Experiment): Dataset["evaluated"] {
  if (evaluatedSplits === undefined) return evaluated;
  const known = Object.keys(evaluated);
  const unknown = evaluatedSplits.find((split) => !known.includes(split));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const hint = near === undefined ? `there are ${known.join(", ")}` : `did you mean ${near}?`;
    const message = `there is no split ${unknown}; ${hint}`;
    throw new ConfigError([{ where: "config", path: "evaluatedSplits", message }]);
  }
  return Object.fromEntries(Object.entries(evaluated).filter(([split]) => evaluatedSplits.includes(split)));
}

/** The files of word vectors, which are too large to be read as a whole. */
async function vectorHashes({ pretrained }: Pipeline): Promise<Hashes> {
  const files = [...new Set(pretrained.map(({ options }) => options.file))];
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashFile(file)] as const)));
}

/** In memory, or on disk where the dataset is too large; a run that is resumed finds what was written before. */
async function encodeTrain(
  pipeline: Pipeline,
  { train, shuffleBuffer }: Dataset,
  place: Omit<ShardOptions, "shuffleBuffer">,
): Promise<Encoded> {
  if (shuffleBuffer === undefined) return pipeline.encode(train, "train");
  const options: ShardOptions = { ...place, shuffleBuffer };
  return (await openShards(options)) ?? (await pipeline.encode(train, "train", { writer: new ShardWriter(options) }));
}

/** Hashes of files by their paths from a folder. */
export function withRelativeNames(hashes: Hashes, folder: string): Hashes {
  return Object.fromEntries(Object.entries(hashes).map(([file, hash]) => [relativePath(file, folder), hash]));
}

type Hashes = Readonly<Record<string, string>>;

function hashFiles(files: FileContents): Hashes {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]));
}

/** The hashes of the names that `like` has too. */
function only(hashes: Hashes | null, like: Hashes): Hashes | null {
  if (hashes === null) return null;
  return Object.fromEntries(Object.entries(hashes).filter(([name]) => Object.hasOwn(like, name)));
}

function requireSame(what: "data" | "tokenizer", before: Hashes | null, now: Hashes): void {
  if (before === null) return;
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => before[name] !== now[name]);
  if (changed.length === 0) return;
  const why = what === "data" ? "put the old files back" : "it depends on the versions of Cellstate and Unicode";
  const fitted = what === "data" ? "the data" : "what was learned from the training data";
  throw new RunFolderError(
    `${fitted} changed since the run began (${changed.join(", ")}), so it cannot go on; ${why}, or train anew`,
  );
}
