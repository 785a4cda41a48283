/** Loads what the `data` section of an experiment names: a dataset with a card, or own files. */
import { basename, resolve } from "node:path";
import { findCard, type LocatedCard } from "../cards/find-cards.ts";
import { type DataConfig, DEFAULT_DEV_FRACTION, type GeneratorCard } from "../config.ts";
import type { DataColumns, DataRecord, Dataset } from "../dataset.ts";
import { DataConfigError } from "../errors.ts";
import { hashFile, hashText } from "../files/hash.ts";
import { generateDates } from "../generators/dates/generate.ts";
import type { ReadLimits } from "../readers/bytes.ts";
import { readRecords } from "../readers/read-records.ts";
import type { SourceRecord } from "../readers/record.ts";
import { holdOut, sample } from "../splits.ts";
import { collect } from "./collect.ts";
import { ownColumns } from "./columns.ts";
import type { LoadContext } from "./context.ts";
import { loadFileCard } from "./load-card.ts";

/**
 * The dataset of a `data` section: always with `train` and `dev`.
 *
 * @param config  parsed by `dataConfig` of `@cellstate/data/config`
 * @throws {DataError} a subclass that names the file, line and key: see `errors.ts`
 */
export async function loadDataset(config: DataConfig, context: LoadContext): Promise<Dataset> {
  const whole = await loadWhole(config, context);
  const train = sample(whole.splits.train ?? [], config.maxExamples, config.seed);
  return { ...whole, splits: { ...whole.splits, train } };
}

async function loadWhole(config: DataConfig, context: LoadContext): Promise<Dataset> {
  if (config.dataset === undefined) return loadOwnFiles(config, context);
  const located = await findCard(config.dataset, context);
  const { card } = located;
  if ("generator" in card) return generate(card, config, located);
  return loadFileCard(located, card, config, context);
}

/** The records of one own file with known columns: what `evaluate --data` reads. */
export async function loadFile(
  path: string,
  columns: DataColumns,
  options: { readonly limits?: ReadLimits | undefined } = {},
): Promise<DataRecord[]> {
  return collect(readRecords(path, { limits: options.limits }), { columns, fileOf: () => path });
}

async function loadOwnFiles(config: DataConfig, context: LoadContext): Promise<Dataset> {
  const { train, dev, test } = config;
  if (train === undefined) throw new DataConfigError("data.train", "missing: name a dataset, or an own training file");
  const hashes: Record<string, string> = {};
  const splits: Record<string, readonly DataRecord[]> = {};
  let columns: DataColumns | undefined;
  for (const [split, file] of Object.entries({ train, dev, test })) {
    if (file === undefined) continue;
    const path = resolve(context.configDir, file);
    const rows: SourceRecord[] = [];
    for await (const row of readRecords(path, { limits: context.limits })) rows.push(row);
    columns ??= ownColumns(config, Object.keys(rows[0]?.record ?? {}), path);
    splits[split] = await collect(asAsync(rows), { columns, fileOf: () => path });
    hashes[file] = await hashFile(path);
  }
  const all = splits.train ?? [];
  if (dev === undefined) {
    if (all.length < 2) {
      throw new DataConfigError(
        "data.train",
        `${train} has ${all.length} row, too few to hold out a dev set; add rows`,
      );
    }
    const parts = holdOut(all, config.devFraction ?? DEFAULT_DEV_FRACTION, { from: "random", seed: config.seed });
    splits.train = parts.rest;
    splits.dev = parts.heldOut;
  }
  const name = basename(train)
    .replace(/\.gz$/, "")
    .replace(/\.[^.]+$/, "");
  return { name, splits, hashes, columns: columns as DataColumns };
}

async function* asAsync<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* items;
}

function generate(card: GeneratorCard, config: DataConfig, located: LocatedCard): Dataset {
  for (const key of ["textColumn", "labelColumn", "sourceColumn", "targetColumn", "devFraction"] as const) {
    if (config[key] !== undefined) {
      throw new DataConfigError(`data.${key}`, `does not apply to ${card.name}, which is generated; remove it`);
    }
  }
  const { options, sizes } = card.generator;
  const generated = generateDates(options, sizes, config.seed);
  const splits: Record<string, readonly DataRecord[]> = {};
  const hashes: Record<string, string> = {};
  for (const [split, pairs] of Object.entries(generated)) {
    splits[split] = pairs.map((pair, i) => ({ ...pair, file: `${located.file} (generated ${split})`, line: i + 1 }));
    hashes[`${card.name}/${split}`] = hashText(pairs.map(({ source, target }) => `${source}\t${target}\n`).join(""));
  }
  return { name: card.name, splits, hashes, columns: { source: "source", target: "target" } };
}
