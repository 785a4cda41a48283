/** The sections of a config file that concern training, as zod schemas: an entry of its own, the only one that loads zod. */
import { z } from "zod";
import { averagings } from "./averaging/averagings.ts";
import { clips } from "./clipping/clips.ts";
import { KEPT_CHECKPOINTS } from "./kept-checkpoints.ts";
import { optimizerSchema } from "./optimizers/optimizer-schema.ts";
import { choiceSchema } from "./option-schema.ts";
import type { Choice } from "./options.ts";
import { constraintsSchema, penaltiesSchema } from "./regularization-schema.ts";
import { type ScheduleConfig, type ScheduleOptions, schedules } from "./schedules/schedules.ts";

export type { OptimizerConfig } from "./optimizers/optimizers.ts";
export type { ScheduleConfig } from "./schedules/schedules.ts";

/** How gradients change the weights. @param own  optimizers besides those that come along */
export const optimizerConfigOf = optimizerSchema;

export const optimizerConfig = optimizerConfigOf([]);

/** How the learning rate changes over the run. @param own  schedules besides those that come along */
export function scheduleConfigOf(own: readonly Choice[]): z.ZodType<ScheduleConfig, ScheduleOptions | undefined> {
  const schema = choiceSchema([...schedules, ...own])
    .prefault({ kind: "constant" })
    .describe("how the learning rate changes over the run");
  return schema as unknown as ReturnType<typeof scheduleConfigOf>;
}

export const scheduleConfig = scheduleConfigOf([]);

const steps = z.int().min(1).max(1_000_000_000);

export const trainingConfig = z
  .strictObject({
    epochs: z.int().min(1).max(1_000_000).default(10).describe("largest number of passes over the training data"),
    batchSize: z.int().min(1).max(1_000_000).default(32).describe("examples in a step"),
    accumulateSteps: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe(
        "batches whose gradients a step adds up, as if they were one batch: batchSize examples are in memory, batchSize * accumulateSteps in a step",
      ),
    clipNorm: z
      .number()
      .positive()
      .nullable()
      .optional()
      .describe(
        "largest norm of all gradients together, to which larger ones are scaled down; null: no limit. Default: 1, or null where clip is given",
      ),
    clip: choiceSchema(clips)
      .optional()
      .describe("how each gradient is clipped by itself, before clipNorm. Default: not at all"),
    averaging: choiceSchema(averagings)
      .optional()
      .describe(
        "averages weights over steps: the average is evaluated and saved, the run goes on without it. Default: none",
      ),
    curriculum: z
      .strictObject({
        startShare: z
          .number()
          .gt(0)
          .max(1)
          .default(0.2)
          .describe("share of the training examples, the shortest ones, that the first epoch takes"),
        epochs: z
          .int()
          .min(1)
          .max(1_000_000)
          .describe("epochs until all examples are taken; in each of them there are more (Platanios et al. 2019)"),
      })
      .optional()
      .describe(
        "the first epochs take the shortest examples alone, over and over, so that an epoch has as many steps as without it. Default: all epochs take all",
      ),
    penalties: penaltiesSchema.optional(),
    constraints: constraintsSchema.optional(),
    maxSteps: steps
      .optional()
      .describe(
        "ends the run after so many steps, with an evaluation, if the epochs have not ended it before; schedules stretch over no more than these. Default: no limit",
      ),
    maxMinutes: z
      .number()
      .positive()
      .max(1_000_000)
      .optional()
      .describe(
        "ends the run, with an evaluation, after the step in which so many minutes of training have passed, summed over resumes. Where it ends depends on the machine: result.json says at which step. Default: no limit",
      ),
    patience: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .default(null)
      .describe("epochs in a row without a better dev score after which training stops; null: never"),
    evaluateEverySteps: steps
      .optional()
      .describe("evaluates on dev every so many steps too. Default: after each epoch only"),
    csvLog: z
      .boolean()
      .default(false)
      .describe("also writes what metrics.jsonl holds as metrics.csv, with the same columns in every run of a task"),
    tensorboard: z
      .boolean()
      .default(false)
      .describe(
        "also writes event files for TensorBoard: the log, histograms of weights and gradients, and at each evaluation some answers and what attention looked at",
      ),
    checkpointEverySteps: steps
      .optional()
      .describe(
        "writes a checkpoint every so many steps, and after each epoch. Default: as many steps as take about 10 s",
      ),
    keepCheckpoints: z
      .union([
        z.enum(KEPT_CHECKPOINTS),
        z
          .strictObject({ top: z.int().min(1).max(1000).describe("how many of them") })
          .describe("the states at the best dev scores"),
      ])
      .default("none")
      .describe(
        "which checkpoints stay once the run is finished: none, since the model folder holds the best weights; last, the state after the last step; best, the state at the best dev score; { top: 3 }, the states at the three best. Until then the last two stay whatever this says",
      ),
  })
  .transform(({ clipNorm, ...training }) => ({
    ...training,
    clipNorm: clipNorm === undefined ? (training.clip === undefined ? 1 : null) : clipNorm,
  }))
  .prefault({})
  .describe("the training loop");
export type TrainingConfig = z.infer<typeof trainingConfig>;
