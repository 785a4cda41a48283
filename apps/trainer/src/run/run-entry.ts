/** What a list of runs knows of one: its state, what it was made of, and its scores. */
import { isFolderLocked } from "@cellstate/files";
import { type ModelConfig, type Plan, planOf, type Task, UnknownTaskError } from "@cellstate/tasks";
import { readLock } from "./config-lock.ts";
import { type GroupKind, runPaths } from "./folder.ts";
import { type RunResult, readResult } from "./result.ts";
import { readTags } from "./tags.ts";

/** The values that runs are chosen and sorted by, as plain JSON. */
export interface RunEntry extends Partial<Omit<RunResult, "formatVersion" | "name" | "task" | "seed">> {
  readonly run: string;
  readonly folder: string;
  /** What several runs are together that one entry stands for; undefined for a single run. */
  readonly kind?: GroupKind;
  /** How many they are. */
  readonly runs?: number;
  readonly state: "finished" | "running" | "interrupted";
  readonly name: unknown;
  readonly task: unknown;
  readonly seed: unknown;
  readonly tags: readonly string[];
  /** Resolved. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** An entry and how its task reads its scores; undefined where another program knows the task. */
export interface ListedRun {
  readonly entry: RunEntry;
  readonly plan: Plan | undefined;
}

/** @throws {RunFileError} if a file of the run is damaged or newer than this code */
export async function readEntry(run: string, folder: string, tasks: readonly Task[]): Promise<ListedRun> {
  const paths = runPaths(folder);
  const { config } = readLock(paths.lock);
  const result = await readResult(paths.result);
  const { formatVersion: _, ...values } = result ?? { formatVersion: 1 };
  const state = result === undefined ? (isFolderLocked(folder) ? "running" : "interrupted") : "finished";
  const { name, task, seed } = config;
  const tags = readTags(paths);
  return { entry: { run, folder, state, ...values, name, task, seed, tags, config }, plan: knownPlan(config, tasks) };
}

/** How the task of a config reads scores; undefined where another program knows the task, or plugins that are not loaded. */
export function knownPlan(config: Readonly<Record<string, unknown>>, tasks: readonly Task[]): Plan | undefined {
  try {
    return planOf(config as ModelConfig, tasks).plan;
  } catch (error) {
    if (error instanceof UnknownTaskError || config.plugins !== undefined) return undefined;
    throw error;
  }
}
