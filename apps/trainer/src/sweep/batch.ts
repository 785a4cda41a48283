/** What an executor is handed: some runs, in a file that whoever trains one of them reads. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeJsonAtomic } from "@cellstate/files";
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { FORMAT_VERSION, readVersioned } from "../run/versioned.ts";
import type { SweepPaths } from "./paths.ts";
import { pointName, type TrialRun } from "./trial-runs.ts";

/** Runs that are handed over together. */
export interface Batch {
  /** Counts the batches of a folder from 1. */
  readonly number: number;
  readonly runs: readonly TrialRun[];
  /** Threads of each run; null: as many as are fast. */
  readonly threads: number | null;
}

const batchFile = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  runs: z.array(
    z
      .looseObject({
        run: z.string(),
        point: z.int().min(1),
        seed: z.int().min(0),
        epochs: z.int().min(1).nullable(),
      })
      .refine(({ run, point, seed }) => [pointName(point), `${pointName(point)}-seed-${seed}`].includes(run), {
        path: ["run"],
        message: "must be the name of the run of its point and seed",
      }),
  ),
  threads: z.int().min(1).nullable(),
});

/** The path of a file of a batch, such as `batches/3.json`. */
export function batchFilePath({ batches }: SweepPaths, number: number, extension: string): string {
  return join(batches, `${number}.${extension}`);
}

/** Writes a batch under the next free number. */
export function writeBatch(paths: SweepPaths, runs: readonly TrialRun[], threads: number | null): Batch {
  makeFolder(paths.batches);
  const numbers = readdirSync(paths.batches).map((name) => Number(/^(\d+)\.json$/.exec(name)?.[1] ?? 0));
  const number = 1 + Math.max(0, ...numbers);
  writeJsonAtomic(batchFilePath(paths, number, "json"), { formatVersion: FORMAT_VERSION, runs, threads });
  return { number, runs, threads };
}

/** @throws {RunFileError} if the file is missing or damaged */
export function readBatch(paths: SweepPaths, number: number): Batch {
  const { runs, threads } = readVersioned(batchFilePath(paths, number, "json"), batchFile);
  return { number, runs, threads };
}

/** The words of the command line that name one run of a batch. */
export function taskName({ number }: Batch, index: number | string): string {
  return `${number}:${index}`;
}

/** What {@link taskName} wrote. @throws {UsageError} if it is not such a name */
export function parseTaskName(text: string): { readonly batch: number; readonly index: number } {
  const [, batch, index] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (batch !== undefined && index !== undefined) return { batch: Number(batch), index: Number(index) };
  throw new UsageError(`--task takes a batch and the number of a run in it, such as 1:0, got ${JSON.stringify(text)}`);
}
