/** A lock on a run folder, so that two processes never train the same run; a dead owner's lock is taken over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { RunFolderError } from "../errors.ts";
import { guardDisk } from "./atomic.ts";

const lockName = "run.lock";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the owner's process started, in the kernel's own count; empty where the system does not tell. */
  readonly started: string;
}

/** Held until `release`; the process's exit releases it too. */
export interface RunLock {
  release(): void;
}

/**
 * Takes the lock of a run folder.
 *
 * @throws {RunFolderError} while another living process holds it
 */
export function lockRun(folder: string): RunLock {
  const path = join(folder, lockName);
  const text = JSON.stringify(self());
  for (let attempt = 0; attempt < 3; attempt++) {
    if (createWhole(path, text)) return held(path, text);
    const found = readOrNothing(path);
    if (found === undefined) continue;
    const owner = parseOwner(found);
    if (owner !== undefined && isAlive(owner)) {
      throw new RunFolderError(
        `${folder} is in use by process ${owner.pid} on ${owner.host}; wait for it, or stop it and try again`,
      );
    }
    removeStale(path, found);
  }
  throw new RunFolderError(`${folder} is being taken by another process; try again`);
}

/** Whether a living process works on the run. */
export function isRunLocked(folder: string): boolean {
  const owner = parseOwner(readOrNothing(join(folder, lockName)) ?? "");
  return owner !== undefined && isAlive(owner);
}

function held(path: string, text: string): RunLock {
  const release = () => {
    process.off("exit", release);
    if (readOrNothing(path) === text) rmSync(path, { force: true });
  };
  process.once("exit", release);
  return { release };
}

/** Creates the lock with its text at once, so that nobody reads half of it; false if it is there already. */
function createWhole(path: string, text: string): boolean {
  const aside = `${path}.${process.pid}`;
  return guardDisk(path, () => {
    writeFileSync(aside, text);
    try {
      linkSync(aside, path);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EEXIST") return false;
      // Some file systems have no hard links.
      return createPlain(path, text);
    } finally {
      rmSync(aside, { force: true });
    }
  });
}

function createPlain(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead owner's lock, unless another process has replaced it meanwhile. */
function removeStale(path: string, found: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  if (readFileSync(aside, "utf8") !== found) createPlain(path, readFileSync(aside, "utf8"));
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
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
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
