/** The loss of a softmax over many classes, estimated from the targets and a few classes drawn (Jean et al. 2015, arXiv:1412.2007). */
import {
  add,
  concat,
  embedding,
  gatherRows,
  linear,
  mul,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  scalar,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { ClassTargets } from "../losses/class-targets.ts";
import { type CountOptions, countOptionNames } from "../losses/counted-targets.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { type Candidates, logUniformCandidates } from "./log-uniform.ts";

export interface SampledSoftmaxOptions extends CountOptions {
  /** `[classes]`, added to the logits. Default: none. */
  readonly bias?: Tensor | undefined;
  /** Classes drawn beside the targets, the same for all rows: an integer in `[1, classes]`. */
  readonly numSampled: number;
  /** Draws the classes. */
  readonly stream: RandomStream;
  /** Optimizer steps taken before this one: the address of the draw. */
  readonly step: number;
}

const optionNames: OptionNames<SampledSoftmaxOptions> = {
  ...countOptionNames,
  bias: true,
  numSampled: true,
  stream: true,
  step: true,
};

/** Keeps a class that was drawn out of the rows whose target it is. */
const LEFT_OUT = -1e9;

/**
 * Mean cross-entropy of each target against the classes drawn, whose logits are lowered by the logarithm of how often they are expected, so
 * that the gradient comes near that of the whole softmax. The weight's gradient is sparse. It is for training: evaluate with
 * `linearCrossEntropy(x, weight, targets, { bias })`.
 *
 * Classes are to be numbered by falling frequency: class `c` is drawn with a probability of about `1 / (c + 1)`.
 *
 * @param x        what the output layer reads, `[..., features]`
 * @param weight   `[classes, features]`
 * @param targets  a class for each row of `x`, of which -1 is not counted
 * @returns shape `[]`, nats; 0 if no target counts
 * @throws {ShapeError} unless there is one target for each row of `x`, and weight, bias, lengths, mask and weights fit
 * @throws {IndexError} if a target that counts is no class
 * @throws {OptionError} if an option is unknown or out of range
 */
export function sampledSoftmaxLoss(
  x: Tensor,
  weight: Tensor,
  targets: ArrayLike<number>,
  options: SampledSoftmaxOptions,
): Tensor {
  requireKnownOptions("sampledSoftmaxLoss", options, optionNames);
  const { bias, numSampled, stream, step, ...counts } = options;
  const [numClasses = 0, features] = weight.shape;
  if (weight.shape.length !== 2 || features !== x.shape.at(-1)) {
    throw new ShapeError("sampledSoftmaxLoss", `a weight of shape [classes, ${x.shape.at(-1)}]`, weight.shape);
  }
  const rows = features === 0 ? 0 : x.size / features!;
  if (targets.length !== rows) throw new ShapeError("sampledSoftmaxLoss", `${rows} targets`, `${targets.length}`);
  const candidates = logUniformCandidates({ numClasses, count: numSampled, stream, step });
  const wanted = new ClassTargets("sampledSoftmaxLoss", x, targets, counts, numClasses);
  const numbers = wanted.numbers!;
  const real = wanted.counted.pick(x); // [count, features]
  const { session } = x;
  const weightOf = (classes: Int32Array) =>
    embedding(weight, session.tensor(classes, [classes.length], { dtype: "int32" }));
  const biasOf = (classes: Int32Array, shape: readonly number[]) => bias && reshape(gatherRows(bias, classes), shape);
  const ofDrawn = linear(real, weightOf(candidates.classes), biasOf(candidates.classes, [numSampled]));
  const products = reshape(sum(mul(real, weightOf(numbers)), 1), [numbers.length, 1]);
  const biases = biasOf(numbers, [numbers.length, 1]);
  const ofTarget = biases ? add(products, biases) : products;
  const logits = add(concat([ofTarget, ofDrawn], 1), corrections(session, candidates, numbers));
  return wanted.counted.reduce(crossEntropy(logits, new Int32Array(numbers.length), { reduction: "none" }));
}

/** What is added to the logits of target and classes drawn, `[count, 1 + drawn]`. */
function corrections(session: Session, { classes, expectedCount }: Candidates, numbers: Int32Array): Tensor {
  const width = 1 + classes.length;
  const ofDrawn = Float64Array.from(classes, (drawn) => -scalar.log(expectedCount(drawn)));
  const values = new Float64Array(numbers.length * width);
  numbers.forEach((target, row) => {
    const start = row * width;
    values[start] = -scalar.log(expectedCount(target));
    values.set(ofDrawn, start + 1);
    const hit = classes.indexOf(target);
    if (hit >= 0) values[start + 1 + hit] = LEFT_OUT;
  });
  return session.tensor(values, [numbers.length, width]);
}
