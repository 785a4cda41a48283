/** The one way in which JSON files of a run are read: by their `formatVersion` and their schema, with faults of one line. */
import { readFileSync } from "node:fs";
import { ConfigError } from "@cellstate/files";
import { pathId, validate } from "@cellstate/files/yaml";
import { parseVersioned } from "@cellstate/tasks";
import type { z } from "zod";
import { RunFileError } from "../errors.ts";

/** The version of `result.json` and `config.lock.json` that this code reads and writes. */
export const FORMAT_VERSION = 1;

/**
 * The contents of a JSON file with a `formatVersion`.
 *
 * @throws {RunFileError} if it is missing or not JSON, has no version or a newer one, or does not fit the schema; it names
 *   file, key, what was expected and what came
 */
export function readVersioned<Contents>(path: string, schema: z.ZodType<Contents>): Contents {
  const { value, fault } = parseVersioned(readText(path), FORMAT_VERSION);
  if (fault !== undefined) throw new RunFileError(path, fault);
  return asRunFile(path, () => validate(schema, { values: value, origins: new Map([[pathId([]), path]]) }));
}

/** Runs `read`; what is wrong with a config in a file that Cellstate wrote is damage of that file. */
export function asRunFile<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...others] = error.issues;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    const key = first!.path === "" ? "" : `${first!.path}: `;
    throw new RunFileError(path, `${key}${first!.message}${more}; the file is damaged`, { cause: error });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new RunFileError(path, "is missing", { cause: error });
    if (code === "EISDIR") throw new RunFileError(path, "is a folder, expected a file", { cause: error });
    throw error;
  }
}
