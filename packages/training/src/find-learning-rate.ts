/** The range test of learning rates (Smith 2017, arXiv:1506.01186, section 3.3): a few steps while the rate rises, and their losses. */
import { type OptionNames, requireKnownOptions, scalar } from "@cellstate/tensor";
import { loadCarried } from "./carried-state.ts";
import type { Clipping } from "./clipping/clip-gradients.ts";
import { NonFiniteError, TrainingStateError } from "./errors.ts";
import { learn } from "./learn.ts";
import { createOptimizer } from "./optimizers/create-optimizer.ts";
import { completeOptions, integer, number } from "./options.ts";
import type { Regularization } from "./regularization.ts";
import type { TrainOptions } from "./train-options.ts";
import { copyWeights, writeWeights } from "./training-state.ts";

/** What varies of the test, with its defaults. */
const range = {
  kind: "findLearningRate",
  description: "the range test of learning rates",
  options: {
    from: number({ above: 0, default: 1e-6, description: "learning rate of the first step" }),
    to: number({ above: 0, default: 1, description: "learning rate of the last step" }),
    steps: integer({ min: 10, max: 1_000_000, default: 100, description: "steps from one to the other" }),
    smoothing: number({
      min: 0,
      below: 1,
      default: 0.9,
      description: "share of the losses' running mean that each step keeps",
    }),
    stopAt: number({
      above: 1,
      default: 4,
      description: "it ends early when the smooth loss is so many times the smallest one",
    }),
  },
  conflict: ({ from, to }: { readonly from: number; readonly to: number }) =>
    from < to ? undefined : { option: "to", message: `expected to to be above from, got ${from} and ${to}` },
} as const;

export interface FindLearningRateOptions<Batch>
  extends Pick<TrainOptions<Batch>, "session" | "parameters" | "optimizer" | "own" | "batches" | "lossOf"> {
  /** Learning rate of the first step, above 0. Default 1e-6 */
  readonly from?: number;
  /** Learning rate of the last step, above `from`. Default 1 */
  readonly to?: number;
  /** Steps from one to the other, an integer >= 10. Default 100 */
  readonly steps?: number;
  /** Share of the losses' running mean that each step keeps, 0 <= smoothing < 1. Default 0.9 */
  readonly smoothing?: number;
  /** The test ends early when the smooth loss is so many times the smallest one, above 1. Default 4 */
  readonly stopAt?: number;
  /** As in training. Default: `clipNorm` 1, batches one by one, weights without penalties and constraints. */
  readonly training?: Partial<Clipping> & Regularization & { readonly accumulateSteps?: number | undefined };
  /** Told of each point; it may stop the test by aborting `signal`. */
  readonly onPoint?: (point: LearningRatePoint) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

const optionNames: OptionNames<FindLearningRateOptions<unknown>> = {
  session: true,
  parameters: true,
  optimizer: true,
  own: true,
  batches: true,
  lossOf: true,
  from: true,
  to: true,
  steps: true,
  smoothing: true,
  stopAt: true,
  training: true,
  onPoint: true,
  signal: true,
};

/** A step of the test. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Mean loss of the step's batch, before the step. */
  readonly loss: number;
  /** The running mean of losses, without the bias of its start. */
  readonly smoothLoss: number;
}

/** What the test found. */
export interface LearningRateCurve {
  /** In rising order of the learning rate. */
  readonly points: readonly LearningRatePoint[];
  /** Whether the loss grew out of bounds before the last step. */
  readonly diverged: boolean;
  /** The rate at which the smooth loss falls fastest, per factor of the rate; undefined if it never falls. */
  readonly suggestion: number | undefined;
  /** The rate with the smallest smooth loss, where it has stopped falling: the upper end of what can work. */
  readonly lowest: number;
}

/**
 * Takes steps whose learning rate rises from `from` to `to` by the same factor each, until the loss grows out of bounds. Weights,
 * batches and what these carry are afterwards as they were; the optimizer is one of its own.
 *
 * A good constant learning rate lies about the suggestion, the peak of a schedule with warm-up somewhat above it, both clearly
 * below `lowest`.
 *
 * @throws {OptionError} if an option is unknown
 * @throws {TrainingStateError} if an option is out of range, or the first loss is not finite
 */
export async function findLearningRate<Batch>(options: FindLearningRateOptions<Batch>): Promise<LearningRateCurve> {
  requireKnownOptions("findLearningRate", options, optionNames);
  const names = Object.keys(range.options);
  const given = Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined);
  const chosen = completeOptions(range, Object.fromEntries(given));
  const { parameters, batches } = options;
  const before = { weights: copyWeights(parameters), batches: batches.state(), carried: batches.carried?.state() };
  const learning = [...parameters.values()].filter((parameter) => parameter.requiresGrad);
  try {
    return describe(await climb(options, chosen), chosen);
  } finally {
    for (const parameter of learning) parameter.setRequiresGrad(true);
    writeWeights(parameters, before.weights);
    loadCarried(batches.carried, before.carried ?? new Map());
    await batches.load(before.batches);
  }
}

interface Chosen {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly smoothing: number;
  readonly stopAt: number;
}

interface Climb {
  readonly points: readonly LearningRatePoint[];
  readonly diverged: boolean;
}

async function climb<Batch>(
  { session, parameters, optimizer, own, training = {}, onPoint, signal, ...source }: FindLearningRateOptions<Batch>,
  { from, to, steps, smoothing, stopAt }: Chosen,
): Promise<Climb> {
  // Carried states may have to outlive the test; where there are none, the moments need not.
  using _scope = source.batches.carried === undefined ? session.scope() : undefined;
  const { clip, clipNorm = clip === undefined ? 1 : null, accumulateSteps } = training;
  const learning = {
    session,
    parameters,
    optimizer: createOptimizer(optimizer, parameters, session, own?.optimizers),
    batches: source.batches,
    lossOf: source.lossOf,
    clipping: { clip, clipNorm },
    regularization: training,
    accumulateSteps,
  };
  const factor = scalar.exp(scalar.log(to / from) / (steps - 1));
  const points: LearningRatePoint[] = [];
  let [mean, least] = [0, Number.POSITIVE_INFINITY];
  for (let step = 0; step < steps && signal?.aborted !== true; step++) {
    const learningRate = from * scalar.pow(factor, step);
    const loss = await lossOrNothing(() => learn(learning, { step, learningRate }));
    if (loss === undefined) return { points, diverged: true };
    mean = smoothing * mean + (1 - smoothing) * loss;
    const smoothLoss = mean / (1 - scalar.pow(smoothing, step + 1));
    const point = { learningRate, loss, smoothLoss };
    points.push(point);
    await onPoint?.(point);
    least = Math.min(least, smoothLoss);
    // Below zero, as of a likelihood, no multiple of the smallest loss is a bound.
    if (least > 0 && smoothLoss > stopAt * least) return { points, diverged: true };
  }
  return { points, diverged: false };
}

/** The loss of a step; undefined where it or a gradient is not finite. */
async function lossOrNothing(step: () => Promise<{ readonly loss: number }>): Promise<number | undefined> {
  try {
    return (await step()).loss;
  } catch (error) {
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
}

function describe({ points, diverged }: Climb, { from }: Chosen): LearningRateCurve {
  const [first] = points;
  if (first === undefined) {
    throw new TrainingStateError(
      `findLearningRate: expected a finite loss at the learning rate ${from}, got none; look at the data and the first weights`,
    );
  }
  const lowest = points.reduce((best, point) => (point.smoothLoss < best.smoothLoss ? point : best), first);
  return { points, diverged, suggestion: steepest(points, lowest), lowest: lowest.learningRate };
}

/** Share of the points on either side over which a slope is measured, so that no single batch decides. */
const REACH = 0.1;

/** The rate at which the smooth loss falls fastest before it is lowest; rates rise by one factor, so slopes compare by point. */
function steepest(points: readonly LearningRatePoint[], lowest: LearningRatePoint): number | undefined {
  const reach = Math.max(1, Math.round(REACH * points.length));
  const end = points.indexOf(lowest);
  let found: { readonly rate: number; readonly fall: number } | undefined;
  for (let at = reach; at + reach <= end; at++) {
    const fall = points[at - reach]!.smoothLoss - points[at + reach]!.smoothLoss;
    if (fall > (found?.fall ?? 0)) found = { rate: points[at]!.learningRate, fall };
  }
  return found?.rate;
}
