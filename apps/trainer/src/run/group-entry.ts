/** What a list of runs knows of a sweep, or of the runs of several seeds or folds: one entry that stands for all of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isFolderLocked } from "@cellstate/files";
import type { Task } from "@cellstate/tasks";
import { z } from "zod";
import { sweepPaths } from "../sweep/paths.ts";
import { readSweepLock } from "../sweep/sweep-lock.ts";
import { readLock } from "./config-lock.ts";
import { FOLD_SPLIT, type GroupKind, groupKind, listRuns, runPaths } from "./folder.ts";
import { readFoldsFile } from "./folds-file.ts";
import type { SplitScores } from "./result.ts";
import { knownPlan, type ListedRun, type RunEntry, readEntry } from "./run-entry.ts";
import { readSeedsFile } from "./seeds-file.ts";
import { readTags } from "./tags.ts";
import { FORMAT_VERSION, readVersioned } from "./versioned.ts";

const scores = z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string()])));
const sweepFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  seeds: z.array(z.number()),
  complete: z.boolean(),
  winner: z.looseObject({ metrics: scores, runs: z.array(z.string()).min(1) }).nullable(),
});
const seedsSummary = z.looseObject({ formatVersion: z.literal(FORMAT_VERSION), mean: scores });
const foldsSummary = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  mean: z.record(z.string(), z.number()),
});

/** What the files of a group say. */
interface GroupFacts {
  readonly name: string;
  readonly seed: readonly number[];
  /** Of a sweep those of its winner, of several seeds or folds their means; undefined until it is finished. */
  readonly metrics: SplitScores | undefined;
  readonly isFinished: boolean;
  /** The run whose config stands for all, below the folder; undefined: any. */
  readonly example: string | undefined;
  /** For a group that has no run yet. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The entry of a run, or of a folder of several.
 *
 * @throws {RunFileError} if one of its files is damaged or newer than this code
 */
export async function readRunOrGroup(name: string, folder: string, tasks: readonly Task[]): Promise<ListedRun> {
  const kind = groupKind(folder);
  return kind === undefined ? readEntry(name, folder, tasks) : readGroup(name, folder, { kind, tasks });
}

function readGroup(
  run: string,
  folder: string,
  { kind, tasks }: { readonly kind: GroupKind; readonly tasks: readonly Task[] },
): ListedRun {
  const { name, seed, metrics, isFinished, example, config: asGiven } = factsOf[kind](folder);
  const runs = listRuns(folder);
  const shown = example !== undefined && runs.includes(example) ? example : runs[0];
  const config = shown === undefined ? asGiven : readLock(runPaths(join(folder, shown)).lock).config;
  const entry: RunEntry = {
    run,
    folder,
    kind,
    runs: runs.length,
    state: isFinished ? "finished" : isFolderLocked(folder) ? "running" : "interrupted",
    name,
    task: config.task,
    seed,
    ...(metrics === undefined ? {} : { metrics }),
    tags: readTags(runPaths(folder)),
    config,
  };
  return { entry, plan: shown === undefined ? undefined : knownPlan(config, tasks) };
}

const factsOf: Readonly<Record<GroupKind, (folder: string) => GroupFacts>> = {
  sweep(folder) {
    const paths = sweepPaths(folder);
    const { name, config, sweep } = readSweepLock(paths.lock);
    const result = existsSync(paths.result) ? readVersioned(paths.result, sweepFile) : undefined;
    return {
      name,
      seed: result?.seeds ?? sweep.seeds ?? [],
      metrics: result?.winner?.metrics,
      isFinished: result?.complete === true,
      example: result?.winner?.runs[0],
      config,
    };
  },
  seeds(folder) {
    const { name, seeds, runs } = readSeedsFile(folder);
    const summary = join(folder, "summary.json");
    const isFinished = existsSync(summary);
    const metrics = isFinished ? readVersioned(summary, seedsSummary).mean : undefined;
    return { name, seed: seeds, metrics, isFinished, example: runs[0], config: {} };
  },
  folds(folder) {
    const { name, seed, runs } = readFoldsFile(folder);
    const summary = join(folder, "summary.json");
    const isFinished = existsSync(summary);
    const metrics = isFinished ? { [FOLD_SPLIT]: readVersioned(summary, foldsSummary).mean } : undefined;
    return { name, seed: [seed], metrics, isFinished, example: runs[0], config: {} };
  },
};
