/** Loads what the `data` section of an experiment names: a dataset with a card, or own files. */

import { columnKeyOf, columnsOf } from "../../config/section.ts";
import type { DataConfig } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import type { Fields } from "../../fields.ts";
import type { DataRecord, Dataset } from "../../record.ts";
import { type Division, divide, samplePlaces } from "../../splits.ts";
import { findCard } from "../cards/find-cards.ts";
import { cardSources } from "./card-sources.ts";
import type { LoadContext } from "./context.ts";
import { generateDataset } from "./generated.ts";
import { ownSources } from "./own-sources.ts";
import type { Reading } from "./record-of.ts";
import type { Sources } from "./sources.ts";
import { splitKeyOf } from "./split-key.ts";
import { bytesOf, readSplit, type SplitSource } from "./split-source.ts";

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
  const splitKey = sources.heldOut.length > 0 ? splitKeyOf(config) : undefined;
  const walk = (source: SplitSource) => readSplit(source, reading, limits, splitKey);
  const whole: DataRecord<All>[] = [];
  const keys: string[] = [];
  let count = 0;
  for await (const { record, key } of walk(trainOf(sources))) {
    count += 1;
    if (inMemory) whole.push(record);
    if (splitKey !== undefined) keys.push(key);
  }
  const parts = partsOf(sources, config, count, keys);
  const read = async (source: SplitSource, keep?: (place: number) => boolean): Promise<DataRecord<All>[]> => {
    const records: DataRecord<All>[] = [];
    let place = 0;
    for await (const { record } of readSplit(source, reading, limits))
      if (keep?.(place++) ?? true) records.push(record);
    return records;
  };
  const evaluated: Record<string, readonly DataRecord<All>[]> = {};
  for (const [name, source] of sources.splits) if (name !== "train") evaluated[name] = await read(source);
  for (const [index, { split }] of sources.heldOut.entries()) {
    const isPart = (place: number) => parts[place] === index + 1;
    evaluated[split] = inMemory ? whole.filter((_, place) => isPart(place)) : await read(trainOf(sources), isPart);
  }
  const places = trainPlaces(parts, config);
  const train = inMemory
    ? whole.filter((_, place) => places[place] === 1)
    : new FileRecords(() => walk(trainOf(sources)), places);
  return { train, evaluated: inSplitOrder(evaluated) };
}

/** The part of each record of train; see `divide`. */
function partsOf(sources: Sources, config: DataConfig, count: number, keys: readonly string[]): Uint8Array {
  const { heldOut, heldOutFrom } = sources;
  const name = config.train ?? sources.name;
  if (heldOut.length === 0) {
    if (config.split === undefined) return new Uint8Array(count);
    throw new DataConfigError(
      "data.split",
      `${name} comes with a dev set, so nothing is held out of train; remove split`,
    );
  }
  const division = divisionOf(config, heldOutFrom, keys);
  const isGrouped = division.by === "group";
  const items = isGrouped ? new Set(division.keys).size : count;
  if (items <= heldOut.length) {
    const [key, unit] = isGrouped ? ["data.split.column", "group"] : ["data.train", "row"];
    const parts = heldOut.map(({ split }) => split).join(" and a ");
    const has = `${name} has ${items} ${unit}${items === 1 ? "" : "s"}`;
    throw new DataConfigError(
      key,
      `${has}, too few to hold out a ${parts} set; add rows${isGrouped ? " of others" : ""}`,
    );
  }
  const fractions = heldOut.map(({ fraction }) => fraction);
  return divide(count, fractions, division);
}

function divisionOf({ split, seed }: DataConfig, from: "random" | "end", keys: readonly string[]): Division {
  switch (split?.by) {
    case undefined:
      return from === "end" ? { by: "end" } : { by: "random", seed };
    case "random":
      return { by: "random", seed };
    case "time":
      return split.column === undefined ? { by: "end" } : { by: "time", keys };
    case "group":
      return { by: "group", keys, seed };
    default:
      return split satisfies never;
  }
}

/** 1 for each record that is trained on: neither held out nor left out by `maxExamples`. */
function trainPlaces(parts: Uint8Array, { maxExamples, seed }: DataConfig): Uint8Array {
  const rest: number[] = [];
  for (let place = 0; place < parts.length; place++) if (parts[place] === 0) rest.push(place);
  const places = new Uint8Array(parts.length);
  const chosen = samplePlaces(rest.length, maxExamples, seed);
  if (chosen === undefined) for (const place of rest) places[place] = 1;
  else for (const index of chosen) places[rest[index] as number] = 1;
  return places;
}

/** Dev and test first, then the extra ones as they came. */
function inSplitOrder<Split>(splits: Readonly<Record<string, Split>>): Readonly<Record<string, Split>> {
  const order = new Set(["dev", "test", ...Object.keys(splits)]);
  return Object.fromEntries([...order].flatMap((name) => (name in splits ? [[name, splits[name] as Split]] : [])));
}

/** Records that stay on disk and are read anew at each walk. */
class FileRecords<All extends Fields> implements AsyncIterable<DataRecord<All>> {
  readonly #walk: () => AsyncIterable<{ readonly record: DataRecord<All> }>;
  readonly #places: Uint8Array;

  /** @param places  1 for each record of the walk that belongs here */
  constructor(walk: () => AsyncIterable<{ readonly record: DataRecord<All> }>, places: Uint8Array) {
    this.#walk = walk;
    this.#places = places;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DataRecord<All>, void, undefined> {
    let place = 0;
    for await (const { record } of this.#walk()) if (this.#places[place++] === 1) yield record;
  }
}
