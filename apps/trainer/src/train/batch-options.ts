/** How an experiment orders its training examples, for all that take its batches: a run, its rehearsal, and a replay. */
import type { BatchOptions } from "@cellstate/tasks";
import type { Experiment } from "../config/schema.ts";

export function batchOptionsOf({ training, seed }: Experiment): BatchOptions {
  return { batchSize: training.batchSize, seed, curriculum: training.curriculum };
}
