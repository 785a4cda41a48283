/** Loads the splits of a card whose data are files. */
import type { LocatedCard } from "../cards/find-cards.ts";
import {
  type CardFile,
  type CardSplit,
  type DataConfig,
  DEFAULT_DEV_FRACTION,
  type FileCard,
  isHeldOut,
} from "../config.ts";
import type { DataRecord, Dataset } from "../dataset.ts";
import { DataConfigError } from "../errors.ts";
import { resolveFile } from "../files/resolve-file.ts";
import { readParallelLines } from "../readers/plain-lines.ts";
import { readRecords } from "../readers/read-records.ts";
import { holdOut } from "../splits.ts";
import { type CollectOptions, collect } from "./collect.ts";
import { cardColumns } from "./columns.ts";
import type { LoadContext } from "./context.ts";

/** Finds the path of a card's file and notes its hash. */
type Locate = (path: string) => Promise<string>;

/**
 * The dataset of a card; a card without `dev` holds out a part of train.
 *
 * @throws {DataError} a subclass that names the file, line and key
 */
export async function loadFileCard(
  located: LocatedCard,
  card: FileCard,
  config: DataConfig,
  context: LoadContext,
): Promise<Dataset> {
  const columns = cardColumns(config, card.columns);
  const cardLabel = "label" in card.columns ? card.columns.label : undefined;
  const labels = "label" in columns && columns.label === cardLabel ? card.labels : undefined;
  const hashes: Record<string, string> = {};
  const locate: Locate = async (path) => {
    const file = card.files.find((entry) => entry.path === path) as CardFile;
    const resolved = await resolveFile(located, file, context);
    hashes[path] = resolved.sha256;
    return resolved.path;
  };
  const declared = Object.entries(withDev(card, config));
  const splits: Record<string, readonly DataRecord[]> = Object.fromEntries(declared.map(([name]) => [name, []]));
  for (const [name, split] of declared) {
    if (isHeldOut(split)) continue;
    splits[name] =
      card.format === "lines"
        ? await readColumns(name, split as Readonly<Record<string, string>>, { columns, labels }, locate, context)
        : await readFiles(card, split as string | readonly string[], { columns, labels }, locate, context);
  }
  for (const [name, split] of declared) {
    if (!isHeldOut(split)) continue;
    const parts = holdOut(splits.train ?? [], split.fraction, { from: split.from, seed: config.seed });
    splits.train = parts.rest;
    splits[name] = parts.heldOut;
  }
  return { name: card.name, splits, hashes, columns };
}

/** The card's splits with a dev split in any case, and with the config's `devFraction`. */
function withDev(card: FileCard, config: DataConfig): Readonly<Record<string, CardSplit>> {
  const dev = card.splits.dev;
  if (dev !== undefined && !isHeldOut(dev)) {
    if (config.devFraction === undefined) return card.splits;
    throw new DataConfigError("data.devFraction", `${card.name} has a dev split of its own; remove devFraction`);
  }
  const declared = dev ?? { fractionOf: "train", fraction: DEFAULT_DEV_FRACTION, from: "random" };
  const { train, dev: _, ...others } = card.splits;
  return {
    train: train as CardSplit,
    dev: { ...declared, fraction: config.devFraction ?? declared.fraction },
    ...others,
  };
}

type Meaning = Pick<CollectOptions, "columns" | "labels">;

async function readFiles(
  card: FileCard,
  split: string | readonly string[],
  meaning: Meaning,
  locate: Locate,
  context: LoadContext,
): Promise<readonly DataRecord[]> {
  const parts: DataRecord[][] = [];
  for (const file of typeof split === "string" ? [split] : split) {
    const path = await locate(file);
    const rows = readRecords(path, { format: card.format, limits: context.limits });
    parts.push(await collect(rows, { ...meaning, fileOf: () => path }));
  }
  return parts.flat();
}

async function readColumns(
  name: string,
  split: Readonly<Record<string, string>>,
  meaning: Meaning,
  locate: Locate,
  context: LoadContext,
): Promise<readonly DataRecord[]> {
  const paths: Record<string, string> = {};
  for (const [side, column] of Object.entries(meaning.columns as Readonly<Record<string, string>>)) {
    const file = split[column];
    if (file === undefined) {
      const has = Object.keys(split).join(", ");
      throw new DataConfigError(
        `data.${side}Column`,
        `the split ${name} has no column ${JSON.stringify(column)}; it has ${has}`,
      );
    }
    paths[column] = await locate(file);
  }
  const rows = readParallelLines(paths, context.limits);
  return collect(rows, { ...meaning, fileOf: (column) => paths[column] as string });
}
