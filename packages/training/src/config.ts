/** The sections of a config file that concern training, as zod schemas: an entry of its own, the only one that loads zod. */
import { z } from "zod";
import { optimizers } from "./optimizers/optimizers.ts";
import { choiceSchema } from "./option-schema.ts";

export type { OptimizerConfig } from "./optimizers/optimizers.ts";

const steps = z.int().min(1);

export const optimizerConfig = choiceSchema(optimizers, "adamw").describe("how gradients change the weights");

const warmupSteps = z
  .int()
  .min(0)
  .default(0)
  .describe("steps in which the learning rate rises in a line to its full size");
const finalFactor = z.number().min(0).max(1).default(0).describe("share of the learning rate that is left at the end");

const constantConfig = z.strictObject({
  kind: z.literal("constant").describe("the same learning rate throughout"),
  warmupSteps,
});
const linearConfig = z.strictObject({
  kind: z.literal("linear").describe("falls in a line until the last step"),
  warmupSteps,
  finalFactor,
});
const cosineConfig = z.strictObject({
  kind: z.literal("cosine").describe("falls along half a cosine until the last step (Loshchilov & Hutter 2017)"),
  warmupSteps,
  finalFactor,
});
const plateauConfig = z.strictObject({
  kind: z.literal("plateau").describe("falls whenever the dev metric stops improving"),
  warmupSteps,
  factor: z.number().positive().lt(1).default(0.5).describe("the learning rate is multiplied by it"),
  patience: z.int().min(1).default(2).describe("evaluations in a row without improvement before it falls"),
  minFactor: z.number().min(0).max(1).default(0).describe("share of the learning rate below which it does not fall"),
});

export const scheduleConfig = z
  .discriminatedUnion("kind", [constantConfig, linearConfig, cosineConfig, plateauConfig])
  .prefault({ kind: "constant" })
  .describe("how the learning rate changes over the run");
export type ScheduleConfig = z.infer<typeof scheduleConfig>;

export const trainingConfig = z
  .strictObject({
    epochs: z.int().min(1).default(10).describe("passes over the training data at most"),
    batchSize: z.int().min(1).default(32).describe("examples in a step"),
    clipNorm: z
      .number()
      .positive()
      .nullable()
      .default(1)
      .describe("largest norm of all gradients together; larger ones are scaled down; null: no limit"),
    patience: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe("epochs in a row without a better dev score after which training stops; null: never"),
    evaluateEverySteps: steps.optional().describe("also evaluates on dev every so many steps, not only after an epoch"),
    checkpointEverySteps: steps
      .optional()
      .describe("also writes a checkpoint every so many steps; left out: about every 10 s, chosen once"),
  })
  .prefault({})
  .describe("the training loop");
export type TrainingConfig = z.infer<typeof trainingConfig>;
