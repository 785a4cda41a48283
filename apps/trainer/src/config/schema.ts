/** The schema of an experiment: what every task has in common, and the chosen task's own sections. */
import { type DataConfig, dataConfig } from "@cellstate/data/config";
import { type InitConfig, initConfig, type Task } from "@cellstate/tasks";
import {
  type OptimizerConfig,
  optimizerConfig,
  type ScheduleConfig,
  scheduleConfig,
  type TrainingConfig,
  trainingConfig,
} from "@cellstate/training/config";
import { z } from "zod";
import { SAVED_PREDICTIONS, type SavedPredictions } from "../run/predictions.ts";

/** A checked experiment with every default. The task's own sections stand beside the common ones. */
export interface Experiment {
  readonly name: string;
  readonly task: string;
  readonly seed: number;
  readonly data: DataConfig;
  readonly init?: InitConfig | undefined;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly training: TrainingConfig;
  readonly predictions: SavedPredictions;
  readonly [section: string]: unknown;
}

const nameConfig = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u,
    "must be a name for folders: letters, digits, `.`, `_`, `-`, at most 64",
  )
  .describe("name of the experiment; run folders begin with it. Default: the folder and the name of this file");

const seedConfig = z
  .int()
  .min(0)
  .default(0)
  .describe("seed of initialisation, shuffling, dropout and sampling; splits and generated data use data.seed");

const predictionsConfig = z
  .enum(SAVED_PREDICTIONS)
  .default("full")
  .describe(
    "what the run folder keeps of the predictions for each split: full lines; withoutInputs, the same lines without what the model read, which the data hold too; none",
  );

/** Checks the key `task` alone: what can be said of a config whose task is unknown. */
export function anyTaskSchema(tasks: readonly Task[]) {
  return z.looseObject({ task: z.enum(tasks.map(({ name }) => name)) });
}

/** The schema of experiments of one task. */
export function experimentSchema(task: Task): z.ZodType<Experiment> {
  return composeSchema(task, {});
}

/** The schema of config files of any task, in which one may extend another. */
export function configFileSchema(tasks: readonly Task[]): z.ZodType {
  const base = z
    .string()
    .optional()
    .describe("config to begin from: a path relative to this file, or the name of one that comes along");
  return z.union(tasks.map((task) => composeSchema(task, { extends: base })));
}

function composeSchema({ name, configSchema }: Task, first: z.ZodRawShape): z.ZodType<Experiment> {
  const shape = {
    ...first,
    name: nameConfig,
    task: z.literal(name).describe("kind of experiment"),
    seed: seedConfig,
    data: dataConfig,
    init: initConfig.optional(),
    ...configSchema.shape,
    optimizer: optimizerConfig,
    schedule: scheduleConfig,
    training: trainingConfig,
    predictions: predictionsConfig,
  };
  return z.strictObject(shape) as unknown as z.ZodType<Experiment>;
}
