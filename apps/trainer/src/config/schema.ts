/** The schema of an experiment: what every task has in common, and the chosen task's own sections. */
import { type DataConfig, dataConfig } from "@cellstate/data/config";
import type { PlainMap } from "@cellstate/files";
import { type InitConfig, initConfig, type Task } from "@cellstate/tasks";
import {
  type OptimizerConfig,
  optimizerConfigOf,
  type ScheduleConfig,
  scheduleConfigOf,
  type TrainingConfig,
  trainingConfig,
} from "@cellstate/training/config";
import { z } from "zod";
import { SAVED_PREDICTIONS, type SavedPredictions } from "../run/predictions.ts";
import { sweepSection } from "../sweep/section.ts";

/** A checked experiment with every default. The task's own sections stand beside the common ones. */
export interface Experiment {
  readonly name: string;
  readonly task: string;
  readonly plugins?: readonly string[] | undefined;
  readonly seed: number;
  readonly data: DataConfig;
  readonly init?: InitConfig | undefined;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly training: TrainingConfig;
  readonly predictions: SavedPredictions;
  readonly evaluatedSplits?: readonly string[] | undefined;
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

const pluginsConfig = z
  .array(z.string())
  .optional()
  .describe(
    "own cells, poolings, optimizers, schedules, losses, metrics and tasks: files relative to this one, such as ./my-cell.ts, or packages",
  );

const predictionsConfig = z
  .enum(SAVED_PREDICTIONS)
  .default("full")
  .describe(
    "what the run folder keeps of the predictions for each split: full lines; withoutInputs, the same lines without what the model read, which the data hold too; none",
  );

const evaluatedSplitsConfig = z
  .array(z.string())
  .min(1)
  .refine((splits) => splits.includes("dev"), "must name dev, which chooses the best weights")
  .optional()
  .describe(
    "splits that the finished run is scored on, such as [dev] to keep test unseen. Default: all that there are",
  );

/** Checks the key `task` alone: what can be said of a config whose task is unknown. */
export function anyTaskSchema(tasks: readonly Task[]) {
  return z.looseObject({ task: z.enum(tasks.map(({ name }) => name)) });
}

/** Composed once for each task: a process may read many configs. */
const composed = new WeakMap<Task, z.ZodType<Experiment>>();

/** The schema of experiments of one task. */
export function experimentSchema(task: Task): z.ZodType<Experiment> {
  const schema = composed.get(task) ?? composeSchema(task, {});
  composed.set(task, schema);
  return schema;
}

/** What config files have besides an experiment; it is gone when the experiment is complete. */
const fileKeys = {
  extends: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe(
      "config to begin from, or several of which the later ones win: a path relative to this file, or the name of one that comes along",
    ),
  sweep: sweepSection.optional(),
  variables: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      "values by names of your own: `${variables.size}` stands for the one that is called size, anywhere in the config",
    ),
};

/** The schema of config files of any task, in which one may extend others and say how its values are searched. */
export function configFileSchema(tasks: readonly Task[]): z.ZodType {
  return z.union(tasks.map((task) => composeSchema(task, fileKeys)));
}

/** Found once for each list of tasks. */
const known = new WeakMap<readonly Task[], PlainMap>();

/** The same as JSON Schema, for questions about keys, defaults and types. */
export function configJsonSchema(tasks: readonly Task[]): PlainMap {
  const schema =
    known.get(tasks) ?? (z.toJSONSchema(configFileSchema(tasks), { io: "input", unrepresentable: "any" }) as PlainMap);
  known.set(tasks, schema);
  return schema;
}

function composeSchema({ name, configSchema, own }: Task, first: z.ZodRawShape): z.ZodType<Experiment> {
  const shape = {
    ...first,
    plugins: pluginsConfig,
    name: nameConfig,
    task: z.literal(name).describe("kind of experiment"),
    seed: seedConfig,
    data: dataConfig,
    init: initConfig.optional(),
    ...configSchema.shape,
    optimizer: optimizerConfigOf(own?.optimizers ?? []),
    schedule: scheduleConfigOf(own?.schedules ?? []),
    training: trainingConfig,
    predictions: predictionsConfig,
    evaluatedSplits: evaluatedSplitsConfig,
  };
  return z.strictObject(shape) as unknown as z.ZodType<Experiment>;
}
