/** The sources of a dataset that is a user's own files. */
import { basename, resolve } from "node:path";
import { columnsOf, DEFAULT_DEV_FRACTION } from "../../config/section.ts";
import type { DataConfig } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import { type Fields, neededRoles } from "../../fields.ts";
import type { Columns } from "../../record.ts";
import { hashFile } from "../files/hash.ts";
import { readRecords } from "../readers/read-records.ts";
import type { LoadContext } from "./context.ts";
import type { HeldOut, Sources } from "./sources.ts";
import type { SplitSource } from "./split-source.ts";

/**
 * The files `train`, `dev` and `test` of a `data` section.
 *
 * @throws {DataFileError} if a file cannot be read
 * @throws {DataConfigError} if the column of a role is neither named nor called like the role
 */
export async function ownSources(config: DataConfig, fields: Fields, context: LoadContext): Promise<Sources> {
  const { train, dev, test } = config;
  if (train === undefined) throw new DataConfigError("data.train", "missing: name a dataset, or an own training file");
  const splits = new Map<string, SplitSource>();
  const hashes: Record<string, string> = {};
  const columns = await ownColumns(config, fields, resolve(context.configDir, train), context);
  for (const [split, file] of Object.entries({ train, dev, test })) {
    if (file === undefined) continue;
    const path = resolve(context.configDir, file);
    splits.set(split, { paths: [path] });
    hashes[file] = await hashFile(path);
  }
  const heldOut: HeldOut[] = [];
  if (dev === undefined) heldOut.push({ split: "dev", fraction: config.devFraction ?? DEFAULT_DEV_FRACTION });
  if (config.testFraction !== undefined) heldOut.push({ split: "test", fraction: config.testFraction });
  const name = basename(train)
    .replace(/\.gz$/, "")
    .replace(/\.[^.]+$/, "");
  return { name, columns, labels: undefined, splits, hashes, heldOut, heldOutFrom: "random" };
}

/** The config's columns, and for other roles the columns that are called like them; rows may lack those of optional roles. */
async function ownColumns(config: DataConfig, fields: Fields, path: string, context: LoadContext): Promise<Columns> {
  const named = columnsOf(config);
  const available = await columnsIn(path, context);
  const columns: Record<string, string> = {};
  for (const [role, { optional }] of Object.entries(fields)) {
    const column = named[role] ?? (available.includes(role) || optional === true ? role : undefined);
    if (column !== undefined) columns[role] = column;
  }
  const missing = neededRoles(fields).filter((role) => columns[role] === undefined);
  if (missing.length === 0) return columns;
  const example = missing.map((role) => `${role}: ${available[0] ?? "..."}`).join(", ");
  throw new DataConfigError(
    "data.columns",
    `${path} has the columns ${available.join(", ")}; say which to use with data.columns, such as columns: { ${example} }`,
  );
}

/** The columns of a file's first row. */
async function columnsIn(path: string, { limits }: LoadContext): Promise<string[]> {
  for await (const { record } of readRecords(path, { limits })) return Object.keys(record);
  return [];
}
