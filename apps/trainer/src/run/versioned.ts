/** Reads the JSON files that carry a `formatVersion` and refuses newer ones by name. */
import { readFileSync } from "node:fs";
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { RunFileError } from "../errors.ts";

/** The version of `result.json`, `config.lock.json` and the model folder that this code reads and writes. */
export const formatVersion = 1;

/**
 * The contents of a JSON file with `formatVersion` 1.
 *
 * @throws {RunFileError} if it is not JSON, has no version, or has a newer one
 * @throws {Error} of the system if it cannot be opened
 */
export function readVersioned(path: string): PlainMap {
  const text = readFileSync(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RunFileError(path, "is not whole JSON; the file is damaged");
  }
  if (!isPlainMap(value)) throw new RunFileError(path, "must be a JSON object; the file is damaged");
  const version = value.formatVersion;
  if (typeof version === "number" && version > formatVersion) {
    throw new RunFileError(
      path,
      `formatVersion ${version} is newer than ${formatVersion}, the newest that this Cellstate reads; update Cellstate`,
    );
  }
  if (version !== formatVersion)
    throw new RunFileError(path, `must have formatVersion ${formatVersion}, got ${version}`);
  return value;
}
