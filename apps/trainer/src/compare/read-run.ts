/** A run as it is compared: config, log, scores and saved answers, all of one moment. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "@cellstate/files";
import type { Plan, PredictionLine, RecalledAnswers, Task } from "@cellstate/tasks";
import { RunFileError, RunFolderError } from "../errors.ts";
import { asCaller, callerFolder } from "../paths.ts";
import { type ConfigLock, pluginsOfRun, readLock } from "../run/config-lock.ts";
import { findRun, type RunPaths, runPaths } from "../run/folder.ts";
import { findLockedPlugins } from "../run/locked-plugins.ts";
import { type MetricsLine, readMetrics } from "../run/metrics-log.ts";
import { readModelFolder } from "../run/model-folder.ts";
import { type RunResult, readResult } from "../run/result.ts";
import { knownPlan } from "../run/run-entry.ts";
import { readRunManifest } from "../run/run-manifest.ts";

/** The answers of one split. */
export interface SavedSplit {
  readonly lines: readonly PredictionLine[];
  /** Undefined where the task does not read its lines back. */
  readonly answers: RecalledAnswers | undefined;
}

export interface ComparedRun {
  /** As it was given, unless two runs then had one name. */
  readonly name: string;
  readonly folder: string;
  readonly lock: ConfigLock;
  /** Files of its plugins that are not as they were when it began. */
  readonly changedPlugins: readonly string[];
  /** By its plugins as they are now; undefined where another program knows the task. */
  readonly plan: Plan | undefined;
  /** Undefined while the run is not finished. */
  readonly result: RunResult | undefined;
  readonly log: readonly MetricsLine[];
  /** By split; empty where none were kept, or where changed plugins might read them in another way. */
  readonly splits: ReadonlyMap<string, SavedSplit>;
}

/**
 * Reads a run that `<run>` names.
 *
 * @throws {RunFolderError} if there is no run of that name, or it vanished or changed while it was read
 * @throws {RunFileError} if one of its files is damaged or of a newer format
 */
export async function readRun(name: string, tasks: readonly Task[]): Promise<ComparedRun> {
  const { run } = findRun(name, callerFolder());
  if (run === undefined) {
    throw new RunFolderError(`${name} is a saved model without its run; compare takes runs, evaluate scores models`);
  }
  const paths = runPaths(run);
  const manifest = manifestOf(paths);
  try {
    const read = await readParts(name, paths, tasks);
    if (manifestOf(paths) === manifest) return read;
  } catch (error) {
    if (existsSync(paths.lock) && manifestOf(paths) === manifest) throw error;
    if (!existsSync(paths.lock))
      throw new RunFolderError(`${name}: the run vanished while it was compared`, { cause: error });
  }
  throw new RunFolderError(`${name}: the run changed while it was compared; try again`);
}

/** What a run's manifest says of its files, which a finished run never changes. */
function manifestOf({ manifest }: RunPaths): string | undefined {
  return existsSync(manifest) ? sha256(readFileSync(manifest)) : undefined;
}

async function readParts(name: string, paths: RunPaths, tasks: readonly Task[]): Promise<ComparedRun> {
  const lock = readLock(paths.lock);
  const plugins = await findLockedPlugins(pluginsOfRun(paths.lock, lock), tasks);
  const plan = knownPlan(lock.config, plugins.tasks);
  const result = await readResult(paths.result);
  return {
    name: asCaller(name),
    folder: paths.folder,
    lock,
    changedPlugins: plugins.changed,
    plan,
    result,
    log: readMetrics(paths.metrics),
    splits:
      result === undefined || plan === undefined || plugins.changed.length > 0
        ? new Map()
        : await readSplits(paths, plan, result),
  };
}

async function readSplits(
  paths: RunPaths,
  plan: Plan,
  { metrics }: RunResult,
): Promise<ReadonlyMap<string, SavedSplit>> {
  const manifest = await readRunManifest(paths.manifest);
  const names = Object.keys(metrics).filter((split) => Object.hasOwn(manifest, `predictions/${split}.jsonl`));
  if (names.length === 0) return new Map();
  // What was learned before the model, such as labels, is what its lines are read by.
  const pipeline = await plan.load(await readModelFolder(paths.model));
  return new Map(
    names.map((split) => {
      const path = join(paths.predictions, `${split}.jsonl`);
      const lines = readLines(path, manifest[`predictions/${split}.jsonl`]!.sha256);
      return [split, { lines, answers: pipeline.recall(lines) }];
    }),
  );
}

/** @throws {RunFileError} unless the file is the one that was sealed */
function readLines(path: string, seal: string): PredictionLine[] {
  const bytes = readFileSync(path);
  if (sha256(bytes) !== seal) throw new RunFileError(path, "is not as manifest.json says; see: cellstate verify");
  const texts = bytes.toString("utf8").split("\n");
  return texts.filter((text) => text !== "").map((text) => JSON.parse(text) as PredictionLine);
}
