/** Reads the JSON files that carry a `formatVersion` and refuses newer ones by name. */
import { readFileSync } from "node:fs";
import type { PlainMap } from "@cellstate/files";
import { parseVersioned } from "@cellstate/tasks";
import { RunFileError } from "../errors.ts";

/** The version of `result.json` and `config.lock.json` that this code reads and writes. */
export const FORMAT_VERSION = 1;

/**
 * The contents of a JSON file with a `formatVersion`.
 *
 * @throws {RunFileError} if it is not JSON, has no version, or has a newer one
 * @throws {Error} of the system if it cannot be opened
 */
export function readVersioned(path: string): PlainMap {
  const { value, fault } = parseVersioned(readFileSync(path, "utf8"), FORMAT_VERSION);
  if (fault !== undefined) throw new RunFileError(path, fault);
  return value;
}
