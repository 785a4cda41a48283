/** Runs of a batch as a job of a scheduler: submitted, waited for, and submitted again where it ended early. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isFolderLocked, removeForeignLock, writeJsonAtomic } from "@cellstate/files";
import { z } from "zod";
import { ExecutorError, InterruptedError } from "../../errors.ts";
import { runPaths } from "../../run/folder.ts";
import { FORMAT_VERSION, readVersioned } from "../../run/versioned.ts";
import { type Batch, batchFilePath, readBatch, writeBatch } from "../batch.ts";
import type { TrialRun } from "../trial-runs.ts";
import type { Executor, ExecutorContext } from "./executor.ts";

/** How patient the wait for a job is, in milliseconds. */
interface Patience {
  /** Between two looks into the folder. */
  readonly lookMs: number;
  /** Between two questions to the scheduler. */
  readonly askMs: number;
  /** How long a shared file system may take to show what a job has written. */
  readonly settleMs: number;
}

const PATIENCE: Patience = { lookMs: 1_000, askMs: 5_000, settleMs: 10_000 };
/** Jobs in a row in which no run comes further before the sweep gives up. */
const FRUITLESS = 2;

/** A scheduler that runs the runs of a batch, each by its number, as one job. */
export interface Scheduler {
  readonly threads: number;
  /** Hands the batch over and returns the job's name. */
  submit(batch: Batch): Promise<string>;
  /** Whether a job waits or runs. */
  isActive(job: string): Promise<boolean>;
  /** Where to look for what went wrong. */
  readonly advice: string;
}

const jobFile = z.looseObject({ formatVersion: z.literal(FORMAT_VERSION), job: z.string() });

/** An executor that has a scheduler run each batch. @param patience  for tests */
export function schedulerExecutor(
  context: ExecutorContext,
  scheduler: Scheduler,
  patience: Patience = PATIENCE,
): Executor {
  const { paths } = context;
  const jobPath = (number: number) => batchFilePath(paths, number, "job.json");
  return {
    threads: scheduler.threads,
    async settle() {
      const numbers = (existsSync(paths.batches) ? readdirSync(paths.batches) : [])
        .map((name) => Number(/^(\d+)\.job\.json$/.exec(name)?.[1] ?? 0))
        .filter((number) => number > 0);
      const last = Math.max(0, ...numbers);
      if (last === 0) return;
      const { job } = readVersioned(jobPath(last), jobFile);
      if (await scheduler.isActive(job))
        await untilEnd(context, scheduler, { batch: readBatch(paths, last), job, ...patience });
    },
    async run(first) {
      let batch = first;
      for (let fruitless = 0; ; ) {
        const before = progressOf(context, batch.runs);
        // No job of this sweep is active any more, so whoever was killed on another computer has left these behind.
        for (const { run } of batch.runs) removeForeignLock(join(paths.runs, run));
        const job = await scheduler.submit(batch);
        writeJsonAtomic(jobPath(batch.number), { formatVersion: FORMAT_VERSION, job });
        context.progress.line(`job     ${job}, ${batch.runs.length} runs`);
        const left = await untilEnd(context, scheduler, { batch, job, ...patience });
        if (left.length === 0) return;
        fruitless = left.length < batch.runs.length || progressOf(context, batch.runs) > before ? 0 : fruitless + 1;
        if (fruitless === FRUITLESS) {
          const names = left.map(({ run }) => run).join(", ");
          throw new ExecutorError(`job ${job} ended before these runs had a score: ${names}; ${scheduler.advice}`);
        }
        context.progress.warn(`warning: job ${job} ended early; ${left.length} runs go on in another one`);
        batch = writeBatch(paths, left, scheduler.threads);
      }
    },
  };
}

/** Waits until all runs are done, or their job has ended; returns the runs that are not done. */
async function untilEnd(
  { paths, isDone, signal, progress }: ExecutorContext,
  scheduler: Scheduler,
  { batch, job, lookMs, askMs, settleMs }: { readonly batch: Batch; readonly job: string } & Patience,
): Promise<readonly TrialRun[]> {
  let left = batch.runs;
  let askedAt = performance.now();
  let endedAt: number | undefined;
  for (;;) {
    // A run that has its score still writes its checkpoint, unless its job has ended.
    const isBusy = ({ run }: TrialRun) => endedAt === undefined && isFolderLocked(join(paths.runs, run));
    left = await filterAsync(left, async (run) => !(await isDone(run)) || isBusy(run));
    if (left.length === 0) return [];
    if (signal.aborted) throw new InterruptedError("interrupted; jobs that were submitted go on");
    const now = performance.now();
    if (endedAt !== undefined && now - endedAt >= settleMs) return left;
    if (endedAt === undefined && now - askedAt >= askMs) {
      askedAt = now;
      if (!(await scheduler.isActive(job))) endedAt = now;
    }
    const done = batch.runs.length - left.length;
    progress.tick(() => `job ${job}: ${done} of ${batch.runs.length} runs are done`);
    await sleep(lookMs, undefined, { signal }).catch(() => {});
  }
}

/** Grows whenever a run comes further. */
function progressOf({ paths }: ExecutorContext, runs: readonly TrialRun[]): number {
  const sizes = runs.map(
    ({ run }) => statSync(runPaths(join(paths.runs, run)).metrics, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function filterAsync<Item>(items: readonly Item[], keep: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

/**
 * What a command of a scheduler prints.
 *
 * @throws {ExecutorError} if it is not there, or fails
 */
export async function ask(command: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(command, args, { encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const { code } = error as { code?: unknown };
      const fault =
        code === "ENOENT"
          ? `there is no command ${command} on this machine; run the sweep where it is, or with --executor local`
          : `${command} ${args.join(" ")} failed: ${stderr.trim() || error.message}`;
      reject(new ExecutorError(fault, { cause: error }));
    });
  });
}
