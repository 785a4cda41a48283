/** Compares the data of now with those that a run read: which file differs, and at which line. */
import { DataFileError } from "@cellstate/data";
import { type ChangedLines, datasetFiles, firstChangedLines, hashFile, hashLines } from "@cellstate/data/node";
import { relativePath } from "../../config/file-paths.ts";
import type { Experiment } from "../../config/schema.ts";
import { dataContext } from "../../datasets.ts";
import { asCaller } from "../../paths.ts";
import type { ConfigLock } from "../../run/config-lock.ts";
import { readDataLines } from "../../run/data-lines.ts";
import type { RunPaths } from "../../run/folder.ts";
import type { Prepared } from "../../train/prepare.ts";
import { Difference } from "./difference.ts";

/**
 * Compares the files of the dataset; those that other sections name are compared where they are read.
 *
 * @param base  the folder that paths of the lock are from
 * @throws {Difference} naming the first file that is not the one of the run, with its line
 * @throws {DataFileError} if a file cannot be read
 */
export async function requireSameData(
  paths: RunPaths,
  { data }: Pick<ConfigLock, "data">,
  experiment: Pick<Experiment, "data">,
  base: string,
): Promise<void> {
  const found = await datasetFiles(experiment.data, dataContext());
  const files = new Map([...found].map(([name, path]) => [relativePath(name, base), path]));
  for (const [name, before] of Object.entries(data ?? {})) {
    const path = files.get(name);
    if (path !== undefined && (await hashFile(path)) !== before)
      throw new Difference(await changeOf(paths, name, path));
  }
}

/**
 * Compares all other files that were read, and what was learned before the model.
 *
 * @throws {Difference} naming the first file
 */
export function requireSameFitted(
  { data, tokenizer }: Pick<ConfigLock, "data" | "tokenizer">,
  { dataHashes, fileHashes }: Pick<Prepared, "dataHashes" | "fileHashes">,
): void {
  const file = firstDifferent(data, dataHashes);
  if (file !== undefined) throw new Difference(`${file}: changed since the run`);
  const fitted = firstDifferent(tokenizer, fileHashes);
  if (fitted !== undefined) throw new Difference(`${fitted}: what is learned from the training data differs`);
}

function firstDifferent(before: ConfigLock["data"], now: Prepared["dataHashes"]): string | undefined {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(now)]);
  return [...names].find((name) => before?.[name] !== now[name]);
}

/** Where a file differs from what it was, as far as the run tells. */
async function changeOf(paths: RunPaths, name: string, path: string): Promise<string> {
  const before = readDataLines(paths, name);
  const file = asCaller(path);
  if (before === undefined) {
    return `${file}: changed since the run, which kept the hash of the whole file alone, so the line is not known`;
  }
  try {
    const after = await hashLines(path);
    const lines = firstChangedLines(before, after);
    if (lines === undefined) return `${file}: changed since the run, but no line that it unpacks to`;
    return `${placeOf(file, lines)} since the run${countChange(before.lines, after.lines)}`;
  } catch (error) {
    if (error instanceof DataFileError) return `data changed since the run: ${error.message}`;
    throw error;
  }
}

/** `reviews.tsv:17: changed`, or the few lines of which one did. */
function placeOf(file: string, { from, to }: ChangedLines): string {
  return from === to ? `${file}:${from}: changed` : `${file}:${from}: one of the lines ${from} to ${to} changed`;
}

function countChange(before: number, after: number): string {
  return before === after ? "" : `; it had ${before} lines and has ${after}`;
}
