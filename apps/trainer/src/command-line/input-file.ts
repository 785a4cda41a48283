/** Files that options and arguments name: looked for before they are read, so that the message is about what was typed. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { fromCaller } from "../paths.ts";

export interface InputFileOptions {
  /** The option that names it, such as `--input`. Default: it is an argument. */
  readonly option?: string;
  /** Whether a folder will do, too. Default false. */
  readonly orFolder?: boolean;
}

/**
 * The absolute path of a file, pipe or device that is there.
 *
 * @param given  as it was typed
 * @throws {UsageError} if there is none, with the nearest name beside it, or if it is a folder
 */
export async function inputFile(given: string, { option, orFolder = false }: InputFileOptions = {}): Promise<string> {
  const what = option === undefined ? given : `${option} ${given}`;
  const path = fromCaller(given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${what}: no such file${await nearestTo(given, path, orFolder)}`);
  if (found.isDirectory() && !orFolder) {
    throw new UsageError(`${what}: is a folder; name a file in it`);
  }
  return path;
}

async function nearestTo(given: string, path: string, orFolder: boolean): Promise<string> {
  const { nearest } = await import("@cellstate/files/yaml");
  const near = nearest(basename(path), namesIn(dirname(path), orFolder));
  return near === undefined ? "" : `; did you mean ${join(dirname(given), near)}?`;
}

function namesIn(folder: string, withFolders: boolean): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => withFolders || !entry.isDirectory()).map(({ name }) => name);
  } catch {
    return []; // no folder, no advice
  }
}
