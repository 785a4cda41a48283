/** The schema of an experiment: what every task has in common, and the chosen task's own sections. */
import { type DataConfig, dataConfig } from "@cellstate/data/config";
import { tasks } from "@cellstate/tasks";
import {
  type OptimizerConfig,
  optimizerConfig,
  type ScheduleConfig,
  scheduleConfig,
  type TrainingConfig,
  trainingConfig,
} from "@cellstate/training/config";
import { z } from "zod";

/** A checked experiment with every default. The task's own sections stand beside the common ones. */
export interface Experiment {
  readonly name: string;
  readonly task: string;
  readonly seed: number;
  readonly data: DataConfig;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly training: TrainingConfig;
  readonly [section: string]: unknown;
}

const nameConfig = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u,
    "must be a name for folders: letters, digits, `.`, `_`, `-`, at most 64",
  )
  .describe("name of the experiment; run folders begin with it");

const seedConfig = z
  .int()
  .min(0)
  .default(0)
  .describe("seed of initialisation, shuffling, dropout and sampling; splits and generated data use data.seed");

export const taskNames: readonly string[] = tasks.map(({ name }) => name);

/** Checks the key `task` alone: what can be said of a config whose task is unknown. */
export const anyTaskSchema = z.looseObject({ task: z.enum(taskNames) });

/** The schema of experiments of one task; `undefined` if there is no such task. */
export function experimentSchema(taskName: string): z.ZodType<Experiment> | undefined {
  const task = tasks.find(({ name }) => name === taskName);
  return task === undefined ? undefined : composeSchema(task.name, task.configSchema);
}

/** {@link experimentSchema} from the task's own sections, with `extends` as files may have it if `inFile` is set. */
function composeSchema(taskName: string, sections: z.ZodObject, inFile = false): z.ZodType<Experiment> {
  const shape = {
    ...(inFile
      ? { extends: z.string().optional().describe("another config, relative to this file, to begin from") }
      : {}),
    name: nameConfig,
    task: z.literal(taskName).describe("kind of experiment"),
    seed: seedConfig,
    data: dataConfig,
    ...sections.shape,
    optimizer: optimizerConfig,
    schedule: scheduleConfig,
    training: trainingConfig,
  };
  return z.strictObject(shape) as unknown as z.ZodType<Experiment>;
}

/** The JSON Schema of config files, for editors. */
export function experimentJsonSchema(): Record<string, unknown> {
  const ofTasks = z.union(tasks.map(({ name, configSchema }) => composeSchema(name, configSchema, true)));
  const options = { io: "input", unrepresentable: "any", reused: "ref" } as const;
  const { anyOf = [], ...rest } = z.toJSONSchema(ofTasks, options);
  return {
    title: "Cellstate experiment",
    // A file that extends another may leave out what the other says.
    oneOf: anyOf.map((variant, index) => ({ title: `${taskNames[index]} experiment`, ...variant, required: ["task"] })),
    ...rest,
  };
}
