/** Finds dataset cards: all below a folder, or one by name or path. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import glob from "fast-glob";
import type { DatasetCard } from "../../config.ts";
import { DatasetCardError, DatasetNotFoundError } from "../../errors.ts";
import { generators } from "../../generators/generators.ts";
import { parseCard } from "./parse-card.ts";

/** A card and where it lies. */
export interface LocatedCard {
  readonly card: DatasetCard;
  /** Path of the `dataset.yaml`. */
  readonly file: string;
  /** Its folder, where bundled data lie. */
  readonly folder: string;
}

/**
 * All cards `<datasetsDir>/<name>/dataset.yaml`, sorted by name.
 *
 * @throws {DatasetCardError} if one of them is wrong
 */
export async function listCards(datasetsDir: string): Promise<LocatedCard[]> {
  return Promise.all((await cardNames(datasetsDir)).map((name) => readCard(join(datasetsDir, name, "dataset.yaml"))));
}

/**
 * The card of a dataset.
 *
 * @param nameOrPath  a name such as `reviews`, or the path of a card or its folder (told by a `/`, `\` or `.yaml`)
 * @param where.datasetsDir  folder of the cards
 * @param where.configDir    folder that paths are relative to
 * @throws {DatasetNotFoundError} if there is none, with the names that exist
 * @throws {DatasetCardError} if the card is wrong
 */
export async function findCard(
  nameOrPath: string,
  where: { readonly datasetsDir: string; readonly configDir: string },
): Promise<LocatedCard> {
  if (/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    const path = resolve(where.configDir, nameOrPath);
    return readCard(/\.ya?ml$/.test(path) ? path : join(path, "dataset.yaml"));
  }
  const names = await cardNames(where.datasetsDir);
  if (!names.includes(nameOrPath)) {
    throw new DatasetNotFoundError(
      `no dataset named ${JSON.stringify(nameOrPath)} in ${where.datasetsDir}; there are: ${names.join(", ") || "none"}; own files need no card: data: { train: mine.tsv }`,
    );
  }
  return readCard(join(where.datasetsDir, nameOrPath, "dataset.yaml"));
}

async function cardNames(datasetsDir: string): Promise<string[]> {
  const files = await glob("*/dataset.yaml", { cwd: datasetsDir });
  return files.map((file) => dirname(file)).sort();
}

async function readCard(file: string): Promise<LocatedCard> {
  const contents = await readFile(file).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatasetNotFoundError(`${file}: the dataset card cannot be read (${reason}); check data.dataset`);
  });
  const card = parseCard(contents, file);
  const folder = dirname(file);
  if (card.name !== basename(folder)) {
    throw new DatasetCardError(
      file,
      undefined,
      "name",
      `${card.name} differs from the card's folder ${basename(folder)}`,
    );
  }
  return { card, file, folder };
}

/** The roles that a card's data hold. */
export function rolesOf(card: DatasetCard): readonly string[] {
  return "columns" in card ? Object.keys(card.columns) : generators[card.generator.name].roles;
}
