/** What `compile` says of a model's outputs: their losses, weights of these, and metrics, by output. */
import { mul, OptionError, type OptionNames, requireKnownOptions, type Session, Tensor } from "@cellstate/tensor";
import { type NumberArray, placeIn } from "../data/arrays.ts";
import { DataError } from "../errors.ts";
import type { Value } from "../graph/value.ts";
import { findLoss, type LossEntry, type LossFunction, type LossOption, type LossOptions } from "./losses.ts";
import { type MetricOption, startMetric } from "./metrics.ts";
import { completeOptimizer, type OptimizerOption } from "./optimizers.ts";

/** For the one output of a model; of several a list in their order, or an object by the names of their layers. */
type PerOutput<T> = T | readonly T[] | { readonly [output: string]: T };

export interface CompileOptions {
  /** By name, with Keras's defaults, or with options. Default `rmsprop`. */
  readonly optimizer?: OptimizerOption | undefined;
  /** Of each output; `null` for one that is not trained. */
  readonly loss?: PerOutput<LossOption | null> | undefined;
  /** Factors of the losses of several outputs. Default: all 1. */
  readonly lossWeights?: readonly number[] | { readonly [output: string]: number } | undefined;
  /** What is reported beside the loss; of several outputs a list for each, or an object by the names of their layers. */
  readonly metrics?:
    | readonly MetricOption[]
    | readonly (readonly MetricOption[])[]
    | { readonly [output: string]: MetricOption | readonly MetricOption[] }
    | undefined;
  /** Where the model computes. Default: a session of its own, on the fastest backend. */
  readonly session?: Session | undefined;
  /** Seed of first weights, dropout and the order of examples. Default 0. */
  readonly seed?: number | undefined;
}

const compileOptionNames: OptionNames<CompileOptions> = {
  optimizer: true,
  loss: true,
  lossWeights: true,
  metrics: true,
  session: true,
  seed: true,
};

/** What is computed of one output. */
export interface OutputGoal {
  readonly name: string;
  readonly loss: { readonly entry: LossEntry; readonly options: LossOptions } | LossFunction | undefined;
  readonly lossWeight: number;
  readonly metrics: readonly MetricOption[];
}

export interface Compiled {
  readonly goals: readonly OutputGoal[];
  readonly optimizer: ReturnType<typeof completeOptimizer>;
  readonly options: CompileOptions;
}

/** @throws {OptionError} if an option, a loss, a metric or an optimizer is unknown, or their number is not that of the outputs */
export function readCompileOptions(options: CompileOptions, outputs: readonly string[]): Compiled {
  requireKnownOptions("compile", options, compileOptionNames);
  const losses = perOutput("loss", options.loss ?? null, outputs, isOneLoss);
  const weights = perOutput("lossWeights", options.lossWeights ?? 1, outputs, (given) => typeof given === "number");
  const metrics = metricsOf(options.metrics ?? [], outputs);
  const goals = outputs.map((name, at): OutputGoal => {
    const loss = losses[at] ?? null;
    for (const metric of metrics[at]!) startMetric(metric);
    return {
      name,
      loss: loss === null ? undefined : typeof loss === "function" ? loss : findLoss(loss),
      lossWeight: weights[at] ?? 1,
      metrics: metrics[at]!,
    };
  });
  return { goals, optimizer: completeOptimizer(options.optimizer ?? "rmsprop"), options };
}

function isOneLoss(given: unknown): boolean {
  return (
    given === null ||
    typeof given === "string" ||
    typeof given === "function" ||
    (typeof given === "object" && "kind" in given)
  );
}

/** One thing for all outputs, a list, or an object by name. */
function perOutput<T>(
  option: string,
  given: PerOutput<T>,
  outputs: readonly string[],
  isOne: (given: unknown) => boolean,
): (T | undefined)[] {
  if (isOne(given)) return outputs.map(() => given as T);
  if (Array.isArray(given)) {
    if (given.length !== outputs.length) {
      throw new OptionError("compile", option, `one for each of the outputs ${outputs.join(", ")}`, given.length);
    }
    return given as T[];
  }
  const byName = given as { readonly [output: string]: T };
  const unknown = Object.keys(byName).find((name) => !outputs.includes(name));
  if (unknown !== undefined) throw new OptionError("compile", option, `by the outputs ${outputs.join(", ")}`, unknown);
  return outputs.map((name) => byName[name]);
}

function metricsOf(
  given: NonNullable<CompileOptions["metrics"]>,
  outputs: readonly string[],
): (readonly MetricOption[])[] {
  if (typeof given !== "object")
    throw new OptionError("compile", "metrics", 'a list, such as ["accuracy"], or an object of lists by output', given);
  const isList = Array.isArray(given) && !given.some((metric) => Array.isArray(metric));
  if (isList && outputs.length === 1) return [given as readonly MetricOption[]];
  const each =
    isList && given.length !== outputs.length ? outputs.map(() => given as readonly MetricOption[]) : undefined;
  const parts =
    each ?? perOutput<MetricOption | readonly MetricOption[]>("metrics", given as never, outputs, () => false);
  return parts.map((metrics) => (metrics === undefined ? [] : ([metrics].flat() as readonly MetricOption[])));
}

/**
 * The loss of one output in a batch, without its weight: as in Keras the sum of weighted losses over the number of targets that the
 * mask leaves.
 *
 * @param weights  of the rows, or of their steps
 */
export function outputLoss(
  goal: OutputGoal,
  prediction: Value,
  target: NumberArray,
  weights: ArrayLike<number> | undefined,
): Tensor {
  const loss = goal.loss!;
  if (typeof loss === "function") {
    return ownLoss(loss, prediction.tensor, target);
  }
  const { mask } = prediction;
  const isOfSteps =
    mask !== undefined && prediction.tensor.shape[1] === mask.seqLen && prediction.tensor.shape.length > 2;
  const count = {
    reduction: "mean" as const,
    ...(isOfSteps ? { mask: mask.real } : {}),
    ...(weights === undefined ? {} : { weights }),
  };
  return loss.entry.compute({ prediction, targets: target.data, count, options: loss.options });
}

/** Targets take the shape of predictions where they are as many, so that `[n]` and `[n, 1]` do not broadcast to `[n, n]`. */
function ownLoss(loss: LossFunction, prediction: Tensor, { data, shape }: NumberArray): Tensor {
  const wanted = prediction.session.tensor(data, data.length === prediction.size ? prediction.shape : shape);
  const value: unknown = loss(prediction, wanted);
  if (value instanceof Tensor && value.size === 1) return value;
  const got = value instanceof Tensor ? `a tensor [${value.shape.join(", ")}]` : typeof value;
  throw new OptionError("compile", "loss", "a function that gives a tensor of one number, such as by mean()", got);
}

/** All losses together, each with its weight. */
export function totalLoss(
  losses: readonly { readonly goal: OutputGoal; readonly loss: Tensor }[],
  add: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  return losses.map(({ goal, loss }) => (goal.lossWeight === 1 ? loss : mul(loss, goal.lossWeight))).reduce(add);
}

/**
 * Checks the targets of one output before any step.
 *
 * @param width  of the model's predictions: classes, or numbers
 * @throws {DataError} naming the first target out of range by its place, or what shape is wanted
 */
export function checkTargets(
  { loss }: OutputGoal,
  name: string,
  { data, shape }: NumberArray,
  positions: number,
  width: number,
): void {
  if (loss === undefined || typeof loss === "function") return;
  const { targets } = loss.entry;
  const expected = targets === "class" ? positions : positions * width;
  if (data.length !== expected) {
    const hint =
      targets === "distribution" && data.length === positions
        ? "; sparseCategoricalCrossentropy takes class numbers"
        : targets === "class" && data.length === positions * width
          ? "; categoricalCrossentropy takes a probability for each class"
          : "";
    throw new DataError(
      `${name}: expected ${expected} targets, got ${data.length}, of shape [${shape.join(", ")}]${hint}`,
    );
  }
  const isWrong =
    targets === "class"
      ? (value: number) => !(Number.isInteger(value) && value >= 0 && value < width)
      : targets === "share"
        ? (value: number) => !(value >= 0 && value <= 1)
        : undefined;
  if (isWrong === undefined) return;
  for (let at = 0; at < data.length; at++) {
    if (!isWrong(data[at]!)) continue;
    const range = targets === "class" ? `a class in [0, ${width})` : "a number in [0, 1]";
    throw new DataError(`${placeIn(name, shape, at)} is ${data[at]}; expected ${range}`);
  }
}
