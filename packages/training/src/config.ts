/** The options of optimizers, schedules and the training loop as zod schemas: the only place of their defaults. */
import { z } from "zod";

const learningRate = z.number().positive();
const beta = z.number().min(0).lt(1);
const weightDecay = z.number().min(0);
const steps = z.int().min(1);
const lazy = z
  .boolean()
  .default(false)
  .describe("leaves embedding rows that a batch does not use as they are: no weight decay, no fading moments");
const momentum = z.number().min(0).lt(1).default(0).describe("share of the last step that is kept, 0 <= momentum < 1");
const joinedDecay = weightDecay.default(0).describe("share of the weight added to its gradient");

const adamMoments = {
  learningRate: learningRate.default(1e-3).describe("size of a step before the schedule's factor"),
  beta1: beta.default(0.9).describe("memory of the gradient's running mean, 0 <= beta1 < 1"),
  beta2: beta.default(0.999).describe("memory of the squared gradient's running mean, 0 <= beta2 < 1"),
  epsilon: z.number().positive().default(1e-8).describe("added to the denominator"),
};

const adamwConfig = z.strictObject({
  kind: z.literal("adamw").describe("Adam with decoupled weight decay (Loshchilov & Hutter 2019)"),
  ...adamMoments,
  weightDecay: weightDecay.default(0.01).describe("weights shrink by learningRate * weightDecay in a step"),
  lazy,
});

const adamConfig = z.strictObject({
  kind: z.literal("adam").describe("Adam (Kingma & Ba 2015)"),
  ...adamMoments,
  weightDecay: joinedDecay,
  lazy,
});

const sgdConfig = z
  .strictObject({
    kind: z.literal("sgd").describe("stochastic gradient descent"),
    learningRate: learningRate.default(0.01).describe("size of a step before the schedule's factor"),
    momentum,
    nesterov: z.boolean().default(false).describe("Nesterov's momentum; needs momentum above 0"),
    weightDecay: joinedDecay,
    lazy,
  })
  .refine(({ momentum, nesterov }) => !nesterov || momentum > 0, {
    path: ["nesterov"],
    message: "nesterov needs momentum above 0",
  });

const rmspropConfig = z.strictObject({
  kind: z.literal("rmsprop").describe("RMSprop (Tieleman & Hinton 2012)"),
  learningRate: learningRate.default(0.01).describe("size of a step before the schedule's factor"),
  alpha: beta.default(0.99).describe("memory of the squared gradient's running mean, 0 <= alpha < 1"),
  epsilon: z.number().positive().default(1e-8).describe("added to the denominator"),
  momentum,
  centered: z
    .boolean()
    .default(false)
    .describe("divides by the gradient's deviation from its running mean, not by its size (Graves 2013)"),
  weightDecay: joinedDecay,
  lazy,
});

const adagradConfig = z.strictObject({
  kind: z.literal("adagrad").describe("Adagrad (Duchi et al. 2011)"),
  learningRate: learningRate.default(0.01).describe("size of a step before the schedule's factor"),
  learningRateDecay: z
    .number()
    .min(0)
    .default(0)
    .describe("step n divides the learning rate by 1 + (n - 1) * learningRateDecay"),
  initialAccumulatorValue: z.number().min(0).default(0).describe("what the sum of squared gradients begins with"),
  epsilon: z.number().positive().default(1e-10).describe("added to the denominator"),
  weightDecay: joinedDecay,
  lazy,
});

export const optimizerConfig = z
  .discriminatedUnion("kind", [adamwConfig, adamConfig, sgdConfig, rmspropConfig, adagradConfig])
  .prefault({ kind: "adamw" })
  .describe("how gradients change the weights");
export type OptimizerConfig = z.infer<typeof optimizerConfig>;

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
