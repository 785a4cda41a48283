/** A lock on a folder, so that two processes never work in it at once; a dead owner's lock is taken over. */
import { randomBytes } from "node:crypto";
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { asidePath } from "./atomic.ts";
import { guardDisk } from "./disk.ts";
import { FolderInUseError } from "./errors.ts";

/** The file in a folder that is its lock. */
export const LOCK_NAME = "run.lock";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the owner's process started, in the kernel's own count; empty where the system does not tell. */
  readonly started: string;
}

/** Held until `release`; the process's exit releases it too. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock of a folder, which is a file `run.lock` in it.
 *
 * @throws {FolderInUseError} while another living process holds it
 * @throws {DiskError} if the disk is full, read only or out of quota; no lock stays
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, LOCK_NAME);
  const text = JSON.stringify(self());
  for (let attempt = 0; attempt < 3; attempt++) {
    if (guardDisk(path, () => createWhole(path, text))) return held(path, text);
    const found = readOrNothing(path);
    if (found === undefined) continue;
    const owner = parseOwner(found);
    if (owner !== undefined && isAlive(owner)) {
      throw new FolderInUseError(inUseMessage(folder, path, owner));
    }
    removeStale(path, found);
  }
  throw new FolderInUseError(`${folder} is being taken by another process; try again`);
}

function inUseMessage(folder: string, lockPath: string, { pid, host }: Owner): string {
  const inUse = `${folder} is in use by process ${pid} on ${host}`;
  if (host === hostname()) return `${inUse}; wait for it, or stop it and try again`;
  return (
    `${inUse}, another computer (or container), so nobody here can tell whether it still runs; ` +
    `if it does not, remove ${lockPath} and try again`
  );
}

/** Whether a living process holds the folder's lock. */
export function isFolderLocked(folder: string): boolean {
  const owner = parseOwner(readOrNothing(join(folder, LOCK_NAME)) ?? "");
  return owner !== undefined && isAlive(owner);
}

/**
 * Removes the lock of a process on another computer, which nobody here can ask. Only for callers who know that it has ended, such as
 * from the scheduler that ran it.
 */
export function removeForeignLock(folder: string): void {
  const path = join(folder, LOCK_NAME);
  const found = readOrNothing(path);
  const owner = parseOwner(found ?? "");
  if (found !== undefined && owner !== undefined && owner.host !== hostname()) removeStale(path, found);
}

function held(path: string, text: string): FolderLock {
  const release = () => {
    process.off("exit", release);
    if (readOrNothing(path) === text) rmSync(path, { force: true });
  };
  process.once("exit", release);
  return { release };
}

/** Creates the lock with its text at once, so that nobody reads half of it; false if it is there already. */
function createWhole(path: string, text: string): boolean {
  const aside = asidePath(path);
  try {
    writeFileSync(aside, text, { flag: "wx" });
    return link(aside, path) ?? createPlain(path, text);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** False if `path` is there already; undefined where the file system has no hard links. */
function link(from: string, path: string): boolean | undefined {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    return codeOf(error) === "EEXIST" ? false : undefined;
  }
}

function createPlain(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

/** Removes a dead owner's lock, unless another process has replaced it meanwhile. */
function removeStale(path: string, found: string): void {
  // Not an `asidePath`: a new owner removes those, and this may turn out to be its lock.
  const aside = `${path}.stale.${randomBytes(8).toString("hex")}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  const taken = readFileSync(aside, "utf8");
  if (taken !== found) createPlain(path, taken);
  rmSync(aside, { force: true });
}

function self(): Owner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/** A process number is used again after a while, so its start time must fit too. */
function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true; // cannot be asked; better safe
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  return started === startOf(pid);
}

/** Field 22 of /proc/<pid>/stat and the boot it counts from. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    if (state === "Z" || state === "X") return "ended";
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return "";
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Owner>;
    if (typeof pid !== "number" || typeof host !== "string" || typeof started !== "string") return undefined;
    return { pid, host, started };
  } catch {
    return undefined;
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
