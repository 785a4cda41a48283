/** Where a model folder may be written. */
import { readdirSync, statSync } from "node:fs";
import { UsageError } from "../../errors.ts";

/** @throws {UsageError} unless nothing is there */
export function requireFree(folder: string, given: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && readdirSync(folder).length === 0)) return;
  const what = found.isDirectory() ? "the folder is not empty" : "a file of this name exists";
  throw new UsageError(`--output ${given}: ${what}; choose another name`);
}
