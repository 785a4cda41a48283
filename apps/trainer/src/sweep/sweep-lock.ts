/** `sweep.lock.json`: all that a sweep's points, runs and winner follow from. It says nothing of the machine. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import type { BackendName } from "@cellstate/tensor";
import { z } from "zod";
import { RunFileError } from "../errors.ts";
import { baseOf, gitSchema, hashes } from "../run/config-lock.ts";
import type { GitState } from "../run/git-state.ts";
import { hashValue } from "../run/lock-seals.ts";
import { lockedPluginTasks } from "../run/locked-plugins.ts";
import { FORMAT_VERSION, readVersioned } from "../run/versioned.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import { type SweepSection, sweepSection } from "./section.ts";

export interface SweepLock {
  readonly formatVersion: 1;
  readonly name: string;
  /** The config that points are laid over, as given: without its defaults, with what it extends; its paths are from `configFolder`. */
  readonly config: PlainMap;
  readonly configText: string;
  /** The folder of the config, from that of the sweep. */
  readonly configFolder: string;
  /** The config's file and those that it extends to their SHA-256, in this order. */
  readonly configFiles: Readonly<Record<string, string>>;
  /** The files of plugins, and those that these import, to their SHA-256. */
  readonly plugins: Readonly<Record<string, string>>;
  /** Of the config's folder when the sweep began, where git follows it. */
  readonly git?: GitState | undefined;
  /** Choices of files are from `configFolder`, too. */
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
  configFolder: z.string(),
  configFiles: hashes,
  plugins: hashes,
  git: gitSchema.optional(),
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

/**
 * The tasks that there are with the plugins of a sweep.
 *
 * @throws {RunFolderError} if one is missing or cannot be loaded
 * @throws {PluginChangedError} if a file of one is not the one that the sweep began with
 */
export function sweepTasks(path: string, lock: SweepLock, known: readonly Task[]): Promise<readonly Task[]> {
  const { config, plugins: hashes } = lock;
  return lockedPluginTasks({ path, of: "sweep", names: config.plugins, folder: baseOf(path, lock), hashes }, known);
}
