/** Where things are in a run folder, and how one is found. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { MANIFEST_FILE } from "@cellstate/tasks";
import { RunFolderError } from "../errors.ts";
import { holdsModel } from "./model-folder.ts";

/** The file that makes a folder one of several runs, a run for each seed. */
export const SEEDS_FILE = "seeds.json";
/** The file that makes a folder one of several runs, a run for each fold of a cross validation. */
export const FOLDS_FILE = "folds.json";

/** The split that a run of a fold scores. */
export const FOLD_SPLIT = "fold";

/** The paths of one run. */
export interface RunPaths {
  readonly folder: string;
  readonly config: string;
  readonly lock: string;
  readonly metrics: string;
  /** The same as rows, where the config asks for it. */
  readonly metricsCsv: string;
  /** Events for TensorBoard, where the config asks for them. */
  readonly events: string;
  /** Short hashes of the lines of its data. */
  readonly dataLines: string;
  readonly checkpoints: string;
  /** The checkpoint that a fork began from. */
  readonly start: string;
  readonly model: string;
  readonly predictions: string;
  readonly result: string;
  readonly report: string;
  /** Hashes of all that a finished run keeps. */
  readonly manifest: string;
  /** Encoded training examples that are too many for memory; gone when the run is finished. */
  readonly shards: string;
  /** What a step left whose loss or gradient was not finite. */
  readonly failedStep: string;
  /** Words that somebody gave to the run; no part of what is sealed. */
  readonly tags: string;
}

export function runPaths(folder: string): RunPaths {
  return {
    folder,
    config: join(folder, "config.yaml"),
    lock: join(folder, "config.lock.json"),
    metrics: join(folder, "metrics.jsonl"),
    metricsCsv: join(folder, "metrics.csv"),
    events: join(folder, "tensorboard", "events.out.tfevents.0.cellstate"),
    dataLines: join(folder, "data-lines.json"),
    checkpoints: join(folder, "checkpoints"),
    start: join(folder, "start.safetensors"),
    model: join(folder, "model"),
    predictions: join(folder, "predictions"),
    result: join(folder, "result.json"),
    report: join(folder, "report.html"),
    manifest: join(folder, MANIFEST_FILE),
    shards: join(folder, "shards"),
    failedStep: join(folder, "failed-step"),
    tags: join(folder, "tags.json"),
  };
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

/** The file that makes a folder one of several runs, by what they are together. */
export const GROUP_FILES = { sweep: "sweep.lock.json", seeds: SEEDS_FILE, folds: FOLDS_FILE } as const;
export type GroupKind = keyof typeof GROUP_FILES;

/** What the runs in a folder are together; undefined where it holds no such runs. */
export function groupKind(folder: string): GroupKind | undefined {
  const kinds = Object.keys(GROUP_FILES) as GroupKind[];
  return kinds.find((kind) => existsSync(join(folder, GROUP_FILES[kind])));
}

/** A run, or the folder of several. */
export interface FoundFolder {
  readonly folder: string;
  /** Undefined for a single run. */
  readonly group: GroupKind | undefined;
}

/**
 * Finds a run, a sweep or the runs of several seeds by path, or by name or unique beginning of a name under `runs/`.
 *
 * @param purpose  what only runs have, for the message about a saved model without its run
 * @throws {RunFolderError} if nothing or more than one fits, or if it is a saved model without its run
 */
export function findRunOrGroup(name: string, callerFolder: string, purpose: string): FoundFolder {
  const runs = resolve(callerFolder, "runs");
  const exact = [resolve(callerFolder, name), join(runs, name)].find((folder) => existsSync(folder));
  const matches = exact === undefined ? listRuns(runs, { folded: true }).filter((one) => one.startsWith(name)) : [];
  const found = exact ?? (matches.length === 1 ? join(runs, matches[0]!) : undefined);
  const group = found === undefined ? undefined : groupKind(found);
  if (group !== undefined) return { folder: found!, group };
  const { run } = findRun(name, callerFolder);
  if (run === undefined) throw new RunFolderError(`${name} is a saved model without its run; ${purpose}`);
  return { folder: run, group: undefined };
}

/** How deep a run may lie: `<sweep>/<point>/<seed>`. */
const MAX_DEPTH = 3;

interface ListOptions {
  /** Whether to name the folder of several runs in place of them. Default false. */
  readonly folded?: boolean;
  readonly depth?: number;
}

/** Names of the run folders below `runs`, sorted; one in the folder of several runs is called `<folder>/<run>`. */
export function listRuns(runs: string, { folded = false, depth = MAX_DEPTH }: ListOptions = {}): string[] {
  if (!existsSync(runs)) return [];
  const folders = readdirSync(runs, { withFileTypes: true }).filter((entry) => !entry.isFile());
  const names = folders.flatMap(({ name }) => {
    const folder = join(runs, name);
    if (existsSync(runPaths(folder).lock) || (folded && groupKind(folder) !== undefined)) return [name];
    if (depth === 1 || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return listRuns(folder, { folded, depth: depth - 1 }).map((inner) => `${name}/${inner}`);
  });
  return names.sort();
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
