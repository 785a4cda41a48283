/** `sweep.lock.json`: all that a sweep's points, runs and winner follow from. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import type { BackendName } from "@cellstate/tensor";
import { z } from "zod";
import { RunFileError, RunFolderError } from "../errors.ts";
import { callerFolder } from "../paths.ts";
import { loadPlugins } from "../plugins/load-plugins.ts";
import { hashValue } from "../run/lock-seals.ts";
import { FORMAT_VERSION, readVersioned } from "../run/versioned.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import { type SweepSection, sweepSection } from "./section.ts";

export interface SweepLock {
  readonly formatVersion: 1;
  readonly name: string;
  /** The config that points are laid over, as given: without its defaults, with what it extends, with absolute paths. */
  readonly config: PlainMap;
  readonly configText: string;
  readonly sweep: SweepSection;
  readonly options: {
    readonly backend: "auto" | BackendName;
    /** The command that began the sweep, ready for a shell. */
    readonly command: string;
  };
  readonly cellstate: string;
  /** SHA-256 of all of the above. */
  readonly hash: string;
}

const lockFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  name: z.string(),
  config: z.custom<PlainMap>(isPlainMap, "must be a map of keys"),
  configText: z.string(),
  sweep: sweepSection,
  options: z.looseObject({
    backend: z.enum(["auto", "native", "wasm", "reference"]),
    command: z.string(),
  }),
  cellstate: z.string(),
  hash: z.string(),
});

export function newSweepLock(parts: Omit<SweepLock, "formatVersion" | "cellstate" | "hash">): SweepLock {
  const lock = { formatVersion: FORMAT_VERSION, ...parts, cellstate: CELLSTATE_VERSION } as const;
  return { ...lock, hash: hashValue(lock) };
}

/** @throws {RunFileError} if the file is damaged, altered or newer than this code */
export function readSweepLock(path: string): SweepLock {
  const lock = readVersioned<SweepLock>(path, lockFile);
  const { hash, ...rest } = lock;
  if (hashValue(rest) === hash) return lock;
  throw new RunFileError(
    path,
    "was altered since the sweep began, so it cannot go on; put the old values back, or sweep anew",
  );
}

/** The tasks that there are with the plugins of a sweep. @throws {RunFolderError} if one cannot be loaded */
export async function sweepTasks({ name, config }: SweepLock, known: readonly Task[]): Promise<readonly Task[]> {
  const plugins = Array.isArray(config.plugins) ? config.plugins : [];
  const requests = plugins.map((plugin) => ({
    name: String(plugin),
    folder: callerFolder(),
    refuse(message: string): never {
      throw new RunFolderError(`the sweep ${name} needs the plugin ${String(plugin)}: ${message}`);
    },
  }));
  return (await loadPlugins(requests, known, callerFolder())).tasks;
}
