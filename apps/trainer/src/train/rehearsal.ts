/** Training without a run folder: data, model and a few steps in memory, for `--dry-run` and `--overfit-one-batch`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Task, TaskBatch, TaskModel } from "@cellstate/tasks";
import { createSession, type Session } from "@cellstate/tensor";
import type { BatchSource } from "@cellstate/training";
import type { Experiment } from "../config/schema.ts";
import type { ConfigLock } from "../run/config-lock.ts";
import type { Progress } from "../terminal/progress.ts";
import { batchOptionsOf } from "./batch-options.ts";
import { beginModel } from "./begin-model.ts";
import { type Prepared, prepare } from "./prepare.ts";

export interface RehearsalOptions {
  readonly experiment: Experiment;
  /** The folder that paths of the lock are from. */
  readonly base: string;
  readonly lock: ConfigLock;
  readonly tasks: readonly Task[];
  readonly progress: Progress;
}

/** All that training needs, with its first weights. */
export interface Rehearsal {
  readonly session: Session;
  readonly prepared: Prepared;
  readonly model: TaskModel;
  readonly batches: BatchSource<TaskBatch>;
  readonly experiment: Experiment;
}

/** Runs `use` with everything that a run would begin with; nothing of it stays. */
export async function rehearse<T>(
  { experiment, base, lock, tasks, progress }: RehearsalOptions,
  use: (rehearsal: Rehearsal) => Promise<T>,
): Promise<T> {
  const { backend, threads } = lock.options;
  const session = await createSession({ backend, threads: threads ?? "auto" });
  const shards = mkdtempSync(join(tmpdir(), "cellstate-rehearsal-"));
  try {
    progress.phase("reading data");
    const prepared = await prepare({ experiment, base, lock, shards, tasks });
    const { model } = await beginModel(session, prepared, experiment, progress);
    const batches = await model.batches(prepared.train, batchOptionsOf(experiment));
    return await use({ session, prepared, model, batches, experiment });
  } finally {
    rmSync(shards, { recursive: true, force: true });
    await session.dispose();
  }
}
