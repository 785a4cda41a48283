/** Reads the JSON files that carry a `formatVersion` and refuses newer ones by name. */
import { readFileSync } from "node:fs";
import { isPlainMap } from "@cellstate/files";
import { parseVersioned } from "@cellstate/tasks";
import { RunFileError } from "../errors.ts";

/** The version of `result.json` and `config.lock.json` that this code reads and writes. */
export const FORMAT_VERSION = 1;

const CHECKS = {
  text: (value: unknown) => typeof value === "string",
  number: (value: unknown) => typeof value === "number",
  map: isPlainMap,
} as const;
type Kind = keyof typeof CHECKS;

/** What a file must hold for its readers: the kind of value behind each of these keys. */
export type Shape<Contents> = { readonly [Key in keyof Contents]?: Kind };

/**
 * The contents of a JSON file with a `formatVersion`.
 *
 * @throws {RunFileError} if it is not JSON, has no version or a newer one, or lacks a part of the shape
 * @throws {Error} of the system if it cannot be opened
 */
export function readVersioned<Contents>(path: string, shape: Shape<Contents>): Contents {
  const { value, fault } = parseVersioned(readFileSync(path, "utf8"), FORMAT_VERSION);
  if (fault !== undefined) throw new RunFileError(path, fault);
  for (const [key, kind] of Object.entries<Kind>(shape as Readonly<Record<string, Kind>>)) {
    if (!CHECKS[kind](value[key])) throw new RunFileError(path, `${key} must be a ${kind}; the file is damaged`);
  }
  return value as Contents;
}
