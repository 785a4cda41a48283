/** Loads what the `data` section of an experiment names: a dataset with a card, or own files. */

import { columnKeyOf, columnsOf } from "../../config/section.ts";
import type { DataConfig } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import { type Fields, runningRoleOf } from "../../fields.ts";
import type { DataRecord, Dataset, Records } from "../../record.ts";
import { findCard } from "../cards/find-cards.ts";
import { cardSources } from "./card-sources.ts";
import type { LoadContext } from "./context.ts";
import { generateDataset } from "./generated.ts";
import { classRole, FOLD_PART, foldPlaces, partsOf, trainPlaces } from "./held-out.ts";
import { ownSources } from "./own-sources.ts";
import { type Reading, refuseJoined } from "./record-of.ts";
import type { Sources } from "./sources.ts";
import { splitKeyOf } from "./split-key.ts";
import { bytesOf, type KeyedRecord, readSplit, type SplitSource } from "./split-source.ts";

/** Training files with more bytes than this stay on disk. */
const MEMORY_BYTES = 256 * 1024 * 1024;
/** Examples shuffled together where the files are that large and the config does not say it. */
const DEFAULT_SHUFFLE_BUFFER = 16_384;

/**
 * The dataset of a `data` section: always with `train` and `dev`.
 *
 * @param config  parsed by `dataConfig` of `@cellstate/data/config`
 * @param fields  what is read of each record
 * @throws {DataError} a subclass that names the file, line and key: see `errors.ts`
 */
export async function loadDataset<All extends Fields>(
  config: DataConfig,
  fields: All,
  context: LoadContext,
): Promise<Dataset<All>> {
  const sources = await findSources(config, fields, context);
  if ("train" in sources) return sources;
  const { name, hashes, columns, labels } = sources;
  refuseJoined(fields, columns, (role) => columnKeyOf(config, role));
  const reading: Reading<All> = { fields, columns, labels, purpose: "learn" };
  const shuffleBuffer =
    config.shuffleBuffer ?? ((await bytesOf(trainOf(sources))) > MEMORY_BYTES ? DEFAULT_SHUFFLE_BUFFER : undefined);
  const splits = await readSplits(sources, reading, config, { ...context, inMemory: shuffleBuffer === undefined });
  return { name, ...splits, hashes, columns, labels: labels?.names, shuffleBuffer };
}

/** The files to read; a card whose data are generated is a dataset at once. */
async function findSources<All extends Fields>(
  config: DataConfig,
  fields: All,
  context: LoadContext,
): Promise<Sources | Dataset<All>> {
  refuseUnreadRoles(config, fields);
  if (config.dataset === undefined) return ownSources(config, fields, context);
  const located = await findCard(config.dataset, context);
  const { card } = located;
  if ("generator" in card) return generateDataset(located, card, config, fields);
  return cardSources(located, card, config, fields, context);
}

/** A column of a role that nobody reads is a mistake, such as a misspelt role. */
function refuseUnreadRoles(config: DataConfig, fields: Fields): void {
  const unread = Object.keys(columnsOf(config)).find((role) => !Object.hasOwn(fields, role));
  if (unread === undefined) return;
  const key = columnKeyOf(config, unread);
  const roles = Object.keys(fields).join(", ");
  throw new DataConfigError(`data.${key}`, `the task reads nothing called ${unread}, only ${roles}; remove ${key}`);
}

function trainOf({ splits }: Sources): SplitSource {
  return splits.get("train") as SplitSource;
}

async function readSplits<All extends Fields>(
  sources: Sources,
  reading: Reading<All>,
  config: DataConfig,
  { limits, inMemory }: Pick<LoadContext, "limits"> & { readonly inMemory: boolean },
): Promise<Pick<Dataset<All>, "train" | "evaluated">> {
  const recordsOf = (source: SplitSource) => withoutKeys(readSplit(source, reading, limits));
  const listed: DataRecord<All>[] = [];
  const isDivided = sources.heldOut.length > 0 || config.fold !== undefined;
  const splitKey = isDivided ? splitKeyOf(config) : undefined;
  const role = isDivided ? classRole(reading.fields) : undefined;
  const runningRole = isDivided ? runningRoleOf(reading.fields) : undefined;
  const byColumn: string[] = [];
  const classes: number[] = [];
  const sizes: number[] = [];
  const classNumbers = new Map<unknown, number>();
  let count = 0;
  for await (const { record, key } of readSplit(trainOf(sources), reading, limits, splitKey)) {
    count += 1;
    if (inMemory) listed.push(record);
    if (splitKey !== undefined) byColumn.push(key);
    else if (runningRole !== undefined) sizes.push(lengthOf(record.values[runningRole]) + 1);
    else if (role !== undefined) classes.push(numberOf(classNumbers, record.values[role]));
  }
  const whole = inMemory ? listed : walkedAnew(() => recordsOf(trainOf(sources)));
  const parts = partsOf(sources, config, count, { byColumn, classes, sizes });
  const places = foldPlaces(trainPlaces(parts, config), config, { byColumn, classes, sizes });
  const train = inMemory ? await Array.fromAsync(pick(whole, places, 1)) : walkedAnew(() => pick(whole, places, 1));
  const evaluated: Record<string, readonly DataRecord<All>[]> = {};
  // A fold stands for the test: whoever compares folds must not look at the other splits.
  const isRead = (split: string) => config.fold === undefined || split === "dev";
  for (const [name, source] of sources.splits) {
    if (name !== "train" && isRead(name)) evaluated[name] = await Array.fromAsync(recordsOf(source));
  }
  for (const [index, { split }] of sources.heldOut.entries()) {
    if (isRead(split)) evaluated[split] = await Array.fromAsync(pick(whole, parts, index + 1));
  }
  if (config.fold !== undefined) evaluated.fold = await Array.fromAsync(pick(whole, places, FOLD_PART));
  return { train, evaluated: inSplitOrder(evaluated) };
}

/** Characters of a text, or 0. */
function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

/** A small number for each value that comes, which takes less memory than the value. */
function numberOf(numbers: Map<unknown, number>, value: unknown): number {
  const known = numbers.get(value);
  if (known !== undefined) return known;
  numbers.set(value, numbers.size);
  return numbers.size - 1;
}

async function* withoutKeys<All extends Fields>(
  keyed: AsyncIterable<KeyedRecord<All>>,
): AsyncGenerator<DataRecord<All>, void, undefined> {
  for await (const { record } of keyed) yield record;
}

/** The records that are in a part. */
async function* pick<All extends Fields>(
  records: Records<All>,
  parts: Uint8Array,
  part: number,
): AsyncGenerator<DataRecord<All>, void, undefined> {
  let place = 0;
  for await (const record of records) if (parts[place++] === part) yield record;
}

/** What every walk begins afresh, such as records that stay on disk. */
function walkedAnew<T>(walk: () => AsyncIterator<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: walk };
}

/** Dev and test first, then the extra ones as they came. */
function inSplitOrder<Split>(splits: Readonly<Record<string, Split>>): Readonly<Record<string, Split>> {
  const order = new Set(["dev", "test", ...Object.keys(splits)]);
  return Object.fromEntries([...order].flatMap((name) => (name in splits ? [[name, splits[name] as Split]] : [])));
}
