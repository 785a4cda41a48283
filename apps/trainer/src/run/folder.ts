/** Where things are in a run folder, and how one is made and found. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { asidePath, guardDisk, syncFolder, writeFileAtomic } from "@cellstate/files";
import { MANIFEST_FILE } from "@cellstate/tasks";
import { RunFolderError } from "../errors.ts";
import { holdsModel } from "./model-folder.ts";

/** The paths of one run. */
export interface RunPaths {
  readonly folder: string;
  readonly config: string;
  readonly lock: string;
  readonly metrics: string;
  readonly checkpoints: string;
  readonly model: string;
  readonly predictions: string;
  readonly result: string;
  readonly report: string;
  /** Hashes of all that a finished run keeps. */
  readonly manifest: string;
  /** Encoded training examples that are too many for memory; gone when the run is finished. */
  readonly shards: string;
}

export function runPaths(folder: string): RunPaths {
  return {
    folder,
    config: join(folder, "config.yaml"),
    lock: join(folder, "config.lock.json"),
    metrics: join(folder, "metrics.jsonl"),
    checkpoints: join(folder, "checkpoints"),
    model: join(folder, "model"),
    predictions: join(folder, "predictions"),
    result: join(folder, "result.json"),
    report: join(folder, "report.html"),
    manifest: join(folder, MANIFEST_FILE),
    shards: join(folder, "shards"),
  };
}

/** `sentiment-20260131-142501-1a2b3c4d`: the caller's local time and the first letters of the config's hash. */
export function runName(name: string, time: Date, configHash: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  return `${name}-${day}-${clock}-${configHash.slice(0, 8)}`;
}

/**
 * Checks that a run may be put into `folder`: it does not exist or is an empty folder.
 *
 * @throws {RunFolderError} otherwise
 */
export function checkFree(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory())
    throw new RunFolderError(`--out ${folder}: a file of this name exists; choose another name`);
  if (readdirSync(folder).length === 0) return;
  const advice = existsSync(runPaths(folder).lock) ? `, or go on with it: cellstate train --resume ${folder}` : "";
  throw new RunFolderError(`--out ${folder}: the folder exists and is not empty; choose another name${advice}`);
}

/**
 * Makes a run folder that holds `files` from the first moment that it can be seen.
 *
 * @param files  name to contents
 */
export function createRunFolder(folder: string, files: ReadonlyMap<string, string>): RunPaths {
  checkFree(folder);
  guardDisk(folder, () => {
    if (existsSync(folder)) {
      // It may be a mount point, which cannot be renamed over.
      for (const [name, text] of files) writeFileAtomic(join(folder, name), text);
      return;
    }
    mkdirSync(dirname(folder), { recursive: true });
    const aside = asidePath(folder);
    try {
      for (const [name, text] of files) writeFileAtomic(join(aside, name), text);
      renameSync(aside, folder);
      syncFolder(dirname(folder));
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    }
  });
  return runPaths(folder);
}

/** Removes what {@link createRunFolder} made; a folder that is a mount point stays, empty. */
export function removeRunFolder({ folder }: RunPaths): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It is in use as something else; it is empty, so it can be used again.
  }
}

/** The folder for a run without `--out`: `runs/<name>` below the caller's folder, with `-2`, `-3` ... if it is taken. */
export function freeRunFolder(callerFolder: string, name: string): string {
  const base = resolve(callerFolder, "runs", name);
  for (let number = 1; ; number++) {
    const folder = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(folder)) return folder;
  }
}

/** What `<run>` on the command line names: a run folder or a saved model's folder. */
export interface FoundRun {
  /** The run folder; `undefined` where only the model's folder is there. */
  readonly run: string | undefined;
  readonly model: string;
}

/**
 * Finds a run by path, or by name or unique beginning of a name under `runs/`.
 *
 * @throws {RunFolderError} if nothing or more than one run fits
 */
export function findRun(name: string, callerFolder: string): FoundRun {
  const direct = resolve(callerFolder, name);
  if (existsSync(direct)) return asRun(direct);
  const runs = resolve(callerFolder, "runs");
  const matches = listRuns(runs).filter((run) => run.startsWith(name));
  if (matches.length === 1) return asRun(join(runs, matches[0]!));
  if (matches.length > 1) {
    throw new RunFolderError(`run ${name} could mean ${matches.join(", ")}; give more of the name`);
  }
  throw new RunFolderError(`run ${name}: no such folder, and no run of that name under ${runs}; see: cellstate runs`);
}

/** Names of the run folders below `runs`, sorted. */
export function listRuns(runs: string): string[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => existsSync(runPaths(join(runs, name)).lock))
    .sort();
}

function asRun(folder: string): FoundRun {
  const paths = runPaths(folder);
  if (existsSync(paths.lock)) return { run: folder, model: paths.model };
  if (holdsModel(folder)) return { run: undefined, model: folder };
  if (holdsModel(paths.model)) return { run: undefined, model: paths.model };
  throw new RunFolderError(
    `${folder} is neither a run folder (it has no config.lock.json) nor a saved model (it has no model.safetensors)`,
  );
}
