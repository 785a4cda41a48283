/** `config.lock.json`: the resolved config and all that a run's numbers depend on. */
import { availableParallelism, cpus } from "node:os";
import { sha256, writeJsonAtomic } from "@cellstate/files";
import type { BackendName } from "@cellstate/tensor";
import { CELLSTATE_VERSION } from "../version.ts";
import { FORMAT_VERSION, readVersioned, type Shape } from "./versioned.ts";

/** What was asked for on the command line besides the config. */
export interface LockedOptions {
  readonly backend: "auto" | BackendName;
  readonly threads: number | null;
  /** The command that began the run, ready for a shell. */
  readonly command: string;
}

export interface SegmenterVersions {
  readonly icu: string;
  readonly unicode: string;
}

/** The lock of one run. Hashes are lower-case SHA-256; they are `null` until the data has been read. */
export interface ConfigLock {
  readonly formatVersion: 1;
  readonly config: Readonly<Record<string, unknown>>;
  readonly configHash: string;
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

/** The SHA-256 of a resolved config, whatever the order of its keys. */
export function hashConfig(config: unknown): string {
  return sha256(canonicalJson(config));
}

/** JSON with sorted keys and no spaces. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

/** The lock of a run that has not read its data yet. */
export function newLock(
  config: Readonly<Record<string, unknown>>,
  options: LockedOptions,
  numericsVersion: number,
): ConfigLock {
  return {
    formatVersion: FORMAT_VERSION,
    config,
    configHash: hashConfig(config),
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

const LOCK: Shape<ConfigLock> = { config: "map", configHash: "text", options: "map" };

/** @throws {RunFileError} if the file is damaged or newer than this code */
export function readLock(path: string): ConfigLock {
  return readVersioned(path, LOCK);
}

export function writeLock(path: string, lock: ConfigLock): void {
  writeJsonAtomic(path, lock);
}

/** Why this process may cut words in another way than the run did; nothing where its tokenizer uses no dictionary. */
export function segmenterDrift({ segmenter }: ConfigLock): string[] {
  const { icu } = segmenterVersions();
  if (!segmenter || segmenter.icu === icu) return [];
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
