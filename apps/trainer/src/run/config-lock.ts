/** `config.lock.json`: the resolved config and all that a run's numbers depend on. */
import { availableParallelism, cpus } from "node:os";
import { writeFileAtomic } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import type { BackendName } from "@cellstate/tensor";
import { z } from "zod";
import { checkResolved } from "../config/load.ts";
import type { Experiment } from "../config/schema.ts";
import { RunFileError } from "../errors.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import { type BrokenSeal, brokenSeals, hashValue, type Seals, sealValues } from "./lock-seals.ts";
import { asRunFile, FORMAT_VERSION, readVersioned } from "./versioned.ts";

/** What was asked for on the command line besides the config. */
interface LockedOptions {
  readonly backend: "auto" | BackendName;
  readonly threads: number | null;
  /** The command that began the run, ready for a shell. */
  readonly command: string;
}

export interface SegmenterVersions {
  readonly icu: string;
  readonly unicode: string;
}

/** The lock of one run: all that is needed to go on with it. Hashes are lower-case SHA-256; they are `null` until the data has been read. */
export interface ConfigLock {
  readonly formatVersion: 1;
  readonly config: Readonly<Record<string, unknown>>;
  readonly configHash: string;
  /** The file that named the config, as it was given. */
  readonly configText: string;
  readonly options: LockedOptions;
  /** File to SHA-256 of the data that the run read. */
  readonly data: Readonly<Record<string, string>> | null;
  readonly tokenizer: Readonly<Record<string, string>> | null;
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
}

/** What a new run is locked to. */
export interface NewLock extends Pick<ConfigLock, "config" | "configText" | "options" | "numericsVersion"> {}

/** The lock of a run that has not read its data yet. */
export function newLock({ config, configText, options, numericsVersion }: NewLock): ConfigLock {
  return {
    formatVersion: FORMAT_VERSION,
    config,
    configHash: hashValue(config),
    configText,
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

function runtime(): Pick<ConfigLock, "cellstate" | "node" | "unicode" | "processor"> {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  return {
    cellstate: CELLSTATE_VERSION,
    node: process.versions.node,
    unicode: process.versions.unicode ?? "none",
    processor: `${process.arch}, ${model}, ${availableParallelism()} threads`,
  };
}

/** What words depend on in this process. */
export function segmenterVersions(): SegmenterVersions {
  return { icu: process.versions.icu ?? "none", unicode: process.versions.unicode ?? "none" };
}

const hashes = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small letters"));
const count = z.int().min(1);
const lockFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  config: z.record(z.string(), z.unknown()),
  configHash: z.string(),
  configText: z.string(),
  options: z.looseObject({
    backend: z.enum(["auto", "native", "wasm", "reference"] satisfies LockedOptions["backend"][]),
    threads: count.nullable(),
    command: z.string(),
  }),
  data: hashes.nullable(),
  tokenizer: hashes.nullable(),
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

/** The checked config of a lock. @throws {RunFileError} if this Cellstate cannot run it */
export function lockedExperiment(path: string, { config }: ConfigLock, tasks: readonly Task[]): Experiment {
  return asRunFile(path, () => checkResolved(config, path, tasks));
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
