/** How a run folder is made, locked from its first moment, and removed again if the run cannot begin. */
import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  DiskError,
  type FolderLock,
  guardDisk,
  isLeftover,
  LOCK_NAME,
  lockFolder,
  makeFolder,
  writeFileAtomic,
} from "@cellstate/files";
import { RunFolderError } from "../errors.ts";
import { type RunPaths, runPaths, SEEDS_FILE } from "./folder.ts";

/** What is written before the lock makes a folder a run. */
const BEGINNING = ["config.yaml", "start.safetensors"];

/** `sentiment-20260131-142501-1a2b3c4d`: the caller's local time and the first letters of the config's hash. */
export function runName(name: string, time: Date, configHash: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  return `${name}-${day}-${clock}-${configHash.slice(0, 8)}`;
}

/** The folder for a run without `--out`: `runs/<name>` below the caller's folder, with `-2`, `-3` ... if it is taken. */
export function freeRunFolder(callerFolder: string, name: string): string {
  const base = resolve(callerFolder, "runs", name);
  for (let number = 1; ; number++) {
    const folder = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(folder)) return folder;
  }
}

/**
 * Checks that a run may be put into `folder`: it does not exist, is an empty folder, or holds what a run left that was killed
 * before it had begun.
 *
 * @throws {RunFolderError} otherwise
 */
export function checkFree(folder: string): void {
  refuseWrongPath(folder, () => {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isDirectory())
      throw new RunFolderError(`--out ${folder}: a file of this name exists; choose another name`);
    if (isFree(readdirSync(folder))) return;
    const isRun = [runPaths(folder).lock, join(folder, SEEDS_FILE)].some((file) => existsSync(file));
    const advice = isRun ? `, or go on with it: cellstate train --resume ${folder}` : "";
    throw new RunFolderError(`--out ${folder}: the folder exists and is not empty; choose another name${advice}`);
  });
}

function isFree(names: readonly string[]): boolean {
  const wasBegun = names.includes(LOCK_NAME) && !names.includes("config.lock.json");
  return names.every((name) => name === LOCK_NAME || isLeftover(name) || (wasBegun && BEGINNING.includes(name)));
}

/** The first files of a run, by name. */
export type RunFiles = ReadonlyMap<string, string | Uint8Array>;

/** A run folder that this process alone works in. */
export interface LockedFolder {
  readonly paths: RunPaths;
  readonly runLock: FolderLock;
}

/**
 * Makes a run folder with these files, and locks it before the first of them is written.
 *
 * @param files  name to contents; `config.lock.json`, which makes the folder a run, comes last
 * @throws {RunFolderError} if no run can be put there
 * @throws {FolderInUseError} if another process makes a run there at the same time
 * @throws {DiskError} if the disk is full; nothing new stays
 */
export function createRunFolder(folder: string, files: RunFiles): LockedFolder {
  checkFree(folder);
  return refuseWrongPath(folder, () => {
    const isNew = !existsSync(folder);
    makeFolder(folder);
    const paths = runPaths(folder);
    let runLock: FolderLock | undefined;
    try {
      runLock = lockFolder(folder);
      checkFree(folder);
      for (const [name, text] of files) writeFileAtomic(join(folder, name), text);
      return { paths, runLock };
    } catch (error) {
      const written = error instanceof RunFolderError ? [] : [...files.keys()];
      if (runLock !== undefined) for (const name of written) rmSync(join(folder, name), { force: true });
      runLock?.release();
      if (isNew) removeIfEmpty(folder);
      throw error;
    }
  });
}

/** Removes what {@link createRunFolder} made; a folder that is a mount point stays, empty. */
export function removeRunFolder({ folder }: RunPaths): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use as something else.
  }
}

/** A path that can never be a run folder is wrong usage; a full disk is not. */
export function refuseWrongPath<T>(folder: string, make: () => T): T {
  try {
    return guardDisk(folder, make);
  } catch (error) {
    if (!(error instanceof DiskError) || !error.fault.isWrongPath) throw error;
    const link = brokenLink(folder);
    const fault =
      link === undefined
        ? `cannot be made: ${error.fault.message} (${error.fault.code})`
        : `${link} is a symbolic link to nothing; make what it points to, or choose another folder`;
    throw new RunFolderError(`--out ${folder}: ${fault}`, { cause: error });
  }
}

/** The part of a path that is a link to nothing. */
function brokenLink(path: string): string | undefined {
  for (let part = path; ; part = dirname(part)) {
    if (isBrokenLink(part)) return part;
    if (part === dirname(part)) return undefined;
  }
}

function isBrokenLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(path);
  } catch {
    return false; // below a file, or a name that is too long
  }
}
