/** The sources of a dataset that is a user's own files. */
import { access } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { columnsOf, DEFAULT_DEV_FRACTION } from "../../config/section.ts";
import { type DataConfig, type DataFiles, filesOf } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import { type Fields, neededRoles, runningRoleOf } from "../../fields.ts";
import type { ColumnNames, Columns } from "../../record.ts";
import { hashFile } from "../files/hash.ts";
import type { ReadLimits } from "../readers/bytes.ts";
import { tabAdvice } from "../readers/plain-lines.ts";
import { formatOf } from "../readers/read-records.ts";
import type { SourceRecord } from "../readers/row.ts";
import type { LoadContext } from "./context.ts";
import type { HeldOut, Sources } from "./sources.ts";
import { rowsOf, type SplitSource } from "./split-source.ts";

/**
 * The files `train`, `dev` and `test` of a `data` section.
 *
 * @throws {DataFileError} if a file cannot be read
 * @throws {DataConfigError} if a file is not there, or the column of a role is neither named nor called like the role
 */
export async function ownSources(config: DataConfig, fields: Fields, context: LoadContext): Promise<Sources> {
  const { train, dev, test } = config;
  if (train === undefined) throw new DataConfigError("data.train", "missing: name a dataset, or an own training file");
  await requireFiles({ train, dev, test }, context);
  const splits = new Map<string, SplitSource>();
  const hashes: Record<string, string> = {};
  const columns = await ownColumns(config, fields, sourceOf(train, config, context), context);
  for (const [split, files] of Object.entries({ train, dev, test })) {
    if (files === undefined) continue;
    const source = sourceOf(files, config, context);
    if ("pathOfColumn" in source) refuseMissingFiles(split, source.pathOfColumn, fields, columns);
    splits.set(split, source);
    for (const file of filesOf(files)) hashes[file] = await hashFile(resolve(context.configDir, file));
  }
  const heldOut: HeldOut[] = [];
  if (dev === undefined) heldOut.push({ split: "dev", fraction: config.devFraction ?? DEFAULT_DEV_FRACTION });
  if (config.testFraction !== undefined) heldOut.push({ split: "test", fraction: config.testFraction });
  const name = nameOf(filesOf(train)[0]!);
  const heldOutFrom = runningRoleOf(fields) === undefined ? "random" : "end";
  return { name, columns, labels: undefined, splits, hashes, heldOut, heldOutFrom };
}

/** The file's name without its endings; of one that is only called train, that of its folder, where the path names one. */
function nameOf(path: string): string {
  const stem = basename(path)
    .replace(/\.gz$/, "")
    .replace(/\.[^.]+$/, "");
  const folder = basename(dirname(path));
  return /^train(ing)?$/i.test(stem) && /[^.]/.test(folder) ? folder : stem;
}

/** @throws {DataConfigError} naming the key of the first file that is not there */
async function requireFiles(
  given: Readonly<Record<string, DataFiles | undefined>>,
  { configDir }: LoadContext,
): Promise<void> {
  for (const [split, files] of Object.entries(given)) {
    for (const file of files === undefined ? [] : filesOf(files)) {
      const path = resolve(configDir, file);
      const isThere = await access(path).then(
        () => true,
        ({ code }: NodeJS.ErrnoException) => code !== "ENOENT",
      );
      if (isThere) continue;
      throw new DataConfigError(
        `data.${split}`,
        `${path}: no such file; paths in a config start from its folder, and those on the command line from yours`,
      );
    }
  }
}

/** Where the rows of a split are read: one file after the other, or line by line side by side. */
function sourceOf(files: DataFiles, { format, header }: DataConfig, { configDir }: LoadContext): SplitSource {
  if (typeof files === "string" || Array.isArray(files)) {
    return { paths: filesOf(files).map((file) => resolve(configDir, file)), format, header };
  }
  const entries = Object.entries(files).map(([column, file]) => [column, resolve(configDir, file)]);
  return { pathOfColumn: Object.fromEntries(entries) };
}

/** @throws {DataConfigError} if there is no file for a column of a role that must be there */
function refuseMissingFiles(
  split: string,
  pathOfColumn: Readonly<Record<string, string>>,
  fields: Fields,
  columns: Columns,
): void {
  const read = neededRoles(fields).flatMap((role) => columns[role] ?? []);
  const missing = read.find((column) => !Object.hasOwn(pathOfColumn, column));
  if (missing === undefined) return;
  const has = Object.keys(pathOfColumn).join(", ");
  throw new DataConfigError(
    `data.${split}`,
    `no file for the column ${JSON.stringify(missing)}, only for ${has}; add it`,
  );
}

/** The config's columns, and for other roles the columns that are called like them; rows may lack those of optional roles. */
async function ownColumns(
  config: DataConfig,
  fields: Fields,
  source: SplitSource,
  { limits }: LoadContext,
): Promise<Columns> {
  const named = columnsOf(config);
  const first = await firstRow(source, limits);
  const available = Object.keys(first.record);
  const columns: Record<string, ColumnNames> = {};
  for (const [role, { optional, onlyNamed, aliases = [] }] of Object.entries(fields)) {
    const found = onlyNamed === true ? undefined : [role, ...aliases].find((name) => available.includes(name));
    const column = named[role] ?? found ?? (optional === true && onlyNamed !== true ? role : undefined);
    if (column !== undefined) columns[role] = column;
  }
  const missing = neededRoles(fields).filter((role) => columns[role] === undefined);
  if (missing.length === 0) return columns;
  const where = filesOf(config.train).join(", ");
  if (isPlainText(source)) {
    const advice = tabAdvice(first) ?? "give a .tsv, .csv or .jsonl file, or a plain text file for each column";
    throw new DataConfigError("data.train", `${where} is plain text, which has no ${missing.join(" or ")}; ${advice}`);
  }
  const example = missing.map((role) => `${role}: ${available[0] ?? "..."}`).join(", ");
  throw new DataConfigError(
    "data.columns",
    `${where} has the columns ${available.join(", ")}; say which to use with data.columns, such as columns: { ${example} }`,
  );
}

async function firstRow(source: SplitSource, limits: ReadLimits | undefined): Promise<SourceRecord> {
  for await (const { row } of rowsOf(source, limits)) return row;
  return { record: {}, line: 1 };
}

function isPlainText(source: SplitSource): boolean {
  return "paths" in source && (source.format ?? formatOf(source.paths[0]!)) === "lines";
}
