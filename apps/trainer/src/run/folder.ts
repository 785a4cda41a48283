/** Where things are in a run folder, and how one is found. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { MANIFEST_FILE } from "@cellstate/tasks";
import { RunFolderError } from "../errors.ts";
import { holdsModel } from "./model-folder.ts";

/** The file that makes a folder one of several runs, a run for each seed. */
export const SEEDS_FILE = "seeds.json";

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

/** How deep a run may lie: `<sweep>/<point>/<seed>`. */
const MAX_DEPTH = 3;

/** Names of the run folders below `runs`, sorted; one in the folder of several runs is called `<folder>/<run>`. */
export function listRuns(runs: string, depth: number = MAX_DEPTH): string[] {
  if (!existsSync(runs)) return [];
  const folders = readdirSync(runs, { withFileTypes: true }).filter((entry) => !entry.isFile());
  const names = folders.flatMap(({ name }) => {
    const folder = join(runs, name);
    if (existsSync(runPaths(folder).lock)) return [name];
    if (depth === 1 || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return listRuns(folder, depth - 1).map((inner) => `${name}/${inner}`);
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
