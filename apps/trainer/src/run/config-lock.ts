/** `config.lock.json`: the resolved config and all that a run's numbers depend on. */
import { realpathSync } from "node:fs";
import { availableParallelism, cpus, release, type } from "node:os";
import { dirname, relative, resolve, sep } from "node:path";
import { writeFileAtomic } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import type { BackendName } from "@cellstate/tensor";
import { z } from "zod";
import { absolutePaths, pathKeysOf } from "../config/file-paths.ts";
import { checkResolved } from "../config/load.ts";
import type { Experiment } from "../config/schema.ts";
import { RunFileError } from "../errors.ts";
import { callerFolder } from "../paths.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import type { GitState } from "./git-state.ts";
import { type BrokenSeal, brokenSeals, hashValue, type Seals, sealValues } from "./lock-seals.ts";
import { type LockedPlugins, lockedPluginTasks } from "./locked-plugins.ts";
import type { Parent } from "./parent-checkpoint.ts";
import { asRunFile, FORMAT_VERSION, readVersioned } from "./versioned.ts";

/** What was asked for on the command line besides the config. */
interface LockedOptions {
  readonly backend: "auto" | BackendName;
  readonly threads: number | null;
  /** The command that began the run, ready for a shell. */
  readonly command: string;
  /** Minutes of training after which the run ends, in place of `training.maxMinutes`; absent where none were given. */
  readonly budgetMinutes?: number | undefined;
}

export interface SegmenterVersions {
  readonly icu: string;
  readonly unicode: string;
}

/**
 * The lock of one run: all that is needed to go on with it. Hashes are lower-case SHA-256; they are `null` until the data has been read.
 * Paths are from the config's folder (the caller's, for a config that comes along), so that they mean the same on another machine.
 */
export interface ConfigLock {
  readonly formatVersion: 1;
  readonly config: Readonly<Record<string, unknown>>;
  readonly configHash: string;
  /** The folder that paths are from, itself from the run's folder. Earlier locks have none, and paths from the root. */
  readonly configFolder?: string | undefined;
  /** The config's file and those that it extends to their SHA-256, in this order. */
  readonly configFiles?: Readonly<Record<string, string>> | undefined;
  /** The files of plugins, and those that these import, to their SHA-256. */
  readonly plugins?: Readonly<Record<string, string>> | undefined;
  /** Of the config's folder when the run began, where git follows it. */
  readonly git?: GitState | undefined;
  /** The file that named the config, as it was given. */
  readonly configText: string;
  readonly options: LockedOptions;
  /** File to SHA-256 of the data that the run read. */
  readonly data: Readonly<Record<string, string>> | null;
  readonly tokenizer: Readonly<Record<string, string>> | null;
  /** The checkpoint that the run began from; absent where it began with its first weights. */
  readonly parent?: Parent | undefined;
  /** Chosen by the first part of the run unless the config says it; never changes a number. */
  readonly checkpointEverySteps: number | null;
  readonly numericsVersion: number;
  readonly arithmetic: "portable";
  readonly cellstate: string;
  readonly node: string;
  readonly unicode: string;
  /** Where the tokenizer cuts words by the runtime's dictionary: the version of ICU, whose it is; otherwise `null`. */
  readonly segmenter: SegmenterVersions | null;
  /** The backend and threads that were used last. */
  readonly backend: string | null;
  readonly threads: number | null;
  readonly processor: string;
  readonly operatingSystem?: string | undefined;
}

/** What a new run is locked to. */
export interface NewLock
  extends Pick<
    ConfigLock,
    "config" | "configText" | "configFiles" | "plugins" | "git" | "options" | "numericsVersion" | "parent"
  > {}

/** The lock of a run that has not read its data yet. */
export function newLock({ config, configText, options, numericsVersion, ...found }: NewLock): ConfigLock {
  return {
    formatVersion: FORMAT_VERSION,
    config,
    configHash: hashValue(config),
    configText,
    ...found,
    options,
    data: null,
    tokenizer: null,
    checkpointEverySteps: null,
    numericsVersion,
    arithmetic: "portable",
    ...runtime(),
    segmenter: null,
    backend: null,
    threads: null,
  };
}

/** The lock of a run in `folder`, of a config whose paths are from `base`. */
export function lockIn(folder: string, base: string, lock: ConfigLock): ConfigLock {
  return { ...lock, configFolder: folderFrom(folder, base) };
}

/** The folder `base` as a path from `folder`, with slashes on every system. */
export function folderFrom(folder: string, base: string): string {
  const path = relative(realFolder(folder), realFolder(base)).split(sep).join("/");
  return path === "" ? "." : path;
}

/** A folder without symbolic links, where it is there; one that will be made has its parent's. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : resolve(realFolder(parent), relative(parent, folder));
  }
}

function runtime(): Pick<ConfigLock, "cellstate" | "node" | "unicode" | "processor" | "operatingSystem"> {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  return {
    cellstate: CELLSTATE_VERSION,
    node: process.versions.node,
    unicode: process.versions.unicode ?? "none",
    processor: `${process.arch}, ${model}, ${availableParallelism()} threads`,
    operatingSystem: `${type()} ${release()}`,
  };
}

/** What words depend on in this process. */
export function segmenterVersions(): SegmenterVersions {
  return { icu: process.versions.icu ?? "none", unicode: process.versions.unicode ?? "none" };
}

/** Files to their hashes, as they stand in a lock. */
export const hashes = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small letters"));
export const gitSchema = z.looseObject({ commit: z.string(), dirty: z.boolean() });
const count = z.int().min(1);
const lockFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  config: z.record(z.string(), z.unknown()),
  configHash: z.string(),
  configText: z.string(),
  configFolder: z.string().optional(),
  configFiles: hashes.optional(),
  plugins: hashes.optional(),
  git: gitSchema.optional(),
  options: z.looseObject({
    backend: z.enum(["auto", "native", "wasm", "reference"] satisfies LockedOptions["backend"][]),
    threads: count.nullable(),
    command: z.string(),
    budgetMinutes: z.number().positive().optional(),
  }),
  data: hashes.nullable(),
  tokenizer: hashes.nullable(),
  parent: z
    .looseObject({
      run: z.string(),
      checkpoint: z.string(),
      step: z.int().min(0),
      sha256: z.string(),
      selection: z.string(),
    })
    .optional(),
  checkpointEverySteps: count.nullable(),
  numericsVersion: count,
  arithmetic: z.literal("portable"),
  cellstate: z.string(),
  node: z.string(),
  unicode: z.string(),
  segmenter: z.looseObject({ icu: z.string(), unicode: z.string() }).nullable(),
  backend: z.string().nullable(),
  threads: count.nullable(),
  processor: z.string(),
  operatingSystem: z.string().optional(),
  seals: z.record(z.string(), z.string()),
});

/** A lock as it stands in its file. */
type LockFile = ConfigLock & { readonly seals: Seals };

/** What only describes where a run was made: it changes no number of a run that goes on. */
const DESCRIPTIVE = [
  "numericsVersion",
  "arithmetic",
  "cellstate",
  "node",
  "unicode",
  "segmenter",
  "backend",
  "threads",
  "processor",
  "operatingSystem",
  "git",
];

/**
 * The lock of a run.
 *
 * @throws {RunFileError} if the file is damaged or newer than this code, or if a value that decides what the run trains was
 *   altered after the run began; the message names the key
 */
export function readLock(path: string): ConfigLock {
  const { lock, broken } = readLockFile(path);
  const decisive = broken.filter(({ key }) => !DESCRIPTIVE.includes(key.split(".")[0]!));
  if (decisive.length > 0) throw new RunFileError(path, alteredFault(decisive));
  return lock;
}

/**
 * The lock and all of its values that are not those that were written.
 *
 * @throws {RunFileError} if the file is damaged
 */
export function readLockFile(path: string): { readonly lock: ConfigLock; readonly broken: readonly BrokenSeal[] } {
  const { seals, ...lock } = readVersioned<LockFile>(path, lockFile);
  return { lock, broken: brokenSeals(lock, seals) };
}

/** The words for values that are not those that were written. */
export function alteredFault(broken: readonly BrokenSeal[]): string {
  return `${alteredKeys(broken)}, so it cannot go on; put the old value back, or train anew`;
}

/** Which values are not those that were written. */
export function alteredKeys(broken: readonly BrokenSeal[]): string {
  const shown = broken.slice(0, 5).map(({ key, change }) => `${key} was ${change}`);
  if (broken.length > 5) shown.push(`and ${broken.length - 5} more`);
  return `${shown.join(", ")} since the run began`;
}

/** The text of a lock's file. */
export function formatLock(lock: ConfigLock): string {
  return `${JSON.stringify({ ...lock, seals: sealValues({ ...lock }) }, null, 2)}\n`;
}

export function writeLock(path: string, lock: ConfigLock): void {
  writeFileAtomic(path, formatLock(lock));
}

/** What a lock says is to be trained, with all that it needs. */
export interface LockedExperiment {
  /** Its paths are from the root. */
  readonly experiment: Experiment;
  /** The tasks that there are, with what its plugins add. */
  readonly tasks: readonly Task[];
  /** The folder that paths of the lock are from. */
  readonly base: string;
}

/**
 * The checked config of a lock, and its plugins, which are loaded.
 *
 * @param known  the tasks without plugins
 * @throws {RunFileError} if this Cellstate cannot run it
 * @throws {RunFolderError} if a plugin is missing
 * @throws {PluginChangedError} if a plugin is not the one that the run began with
 */
export async function lockedExperiment(
  path: string,
  lock: ConfigLock,
  known: readonly Task[],
): Promise<LockedExperiment> {
  const base = baseOf(path, lock);
  const tasks = await lockedTasks(path, lock, known);
  const config = absolutePaths(lock.config, base, pathKeysOf(tasks));
  return { experiment: asRunFile(path, () => checkResolved(config, path, tasks)), tasks, base };
}

/** The tasks that there are with the plugins of a lock. @throws as {@link lockedExperiment} does */
export async function lockedTasks(path: string, lock: ConfigLock, known: readonly Task[]): Promise<readonly Task[]> {
  return lockedPluginTasks(pluginsOfRun(path, lock), known);
}

/** What the lock of a run says of its plugins. */
export function pluginsOfRun(path: string, lock: ConfigLock): LockedPlugins {
  return { path, of: "run", names: lock.config.plugins, folder: baseOf(path, lock), hashes: lock.plugins };
}

/** The folder that paths of a lock are from. */
export function baseOf(path: string, { configFolder }: Pick<ConfigLock, "configFolder">): string {
  return configFolder === undefined ? callerFolder() : resolve(realFolder(dirname(path)), configFolder);
}

/** Why this process may cut words in another way than the run did; nothing where its tokenizer uses no dictionary. */
export function segmenterDrift({ segmenter }: ConfigLock): string[] {
  const { icu } = segmenterVersions();
  if (segmenter === null || segmenter.icu === icu) return [];
  return [`the run began with ICU ${segmenter.icu} and this Node has ${icu}: words may be cut differently`];
}

/** What differs between the run's first part and this process in ways that can change tokens or numbers. */
export function driftOf(lock: ConfigLock, numericsVersion: number): string[] {
  const now = runtime();
  const drift: string[] = [];
  if (lock.unicode !== now.unicode) {
    drift.push(`the run began with Unicode ${lock.unicode} and this Node has ${now.unicode}: tokens may differ`);
  }
  drift.push(...segmenterDrift(lock));
  if (lock.numericsVersion !== numericsVersion) {
    drift.push(
      `the run began with numericsVersion ${lock.numericsVersion} and this Cellstate has ${numericsVersion}: bits will differ`,
    );
  }
  return drift;
}
