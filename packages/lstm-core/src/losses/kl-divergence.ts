/** Kullback-Leibler divergence: how far predicted probabilities are from given ones. */
import { add, mul, neg, type OptionNames, requireKnownOptions, scalar, sum, type Tensor } from "@cellstate/tensor";
import { type ClassLossOptions, ClassTargets, logProbsOf } from "./class-targets.ts";
import { countOptionNames } from "./counted-targets.ts";

const optionNames: OptionNames<ClassLossOptions> = { ...countOptionNames, fromLogits: true };

/**
 * Mean over the counted targets of `target * log(target / p)`, summed over the classes: the cross-entropy without the entropy of the
 * targets. As PyTorch's `kl_div` of `log_softmax(logits)` with `reduction="batchmean"`, and with `fromLogits: false` as Keras's
 * `kl_divergence`. Logits, targets, results and errors as in `crossEntropy`.
 */
export function klDivergence(logits: Tensor, targets: ArrayLike<number>, options: ClassLossOptions = {}): Tensor {
  requireKnownOptions("klDivergence", options, optionNames);
  const { fromLogits = true, ...counts } = options;
  const wanted = new ClassTargets("klDivergence", logits, targets, counts);
  const { counted, classes, probabilities } = wanted;
  const logProbs = logProbsOf(counted.pick(logits), fromLogits); // [count, classes]
  const { session } = logits;
  const crossEntropies = neg(sum(mul(logProbs, session.tensor(probabilities, logProbs.shape)), 1));
  return counted.reduce(
    add(crossEntropies, session.tensor(negativeEntropies(probabilities, classes), [counted.count])),
  );
}

/** Sum of `p * log(p)` for each row. */
function negativeEntropies(probabilities: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(probabilities.length / classes);
  probabilities.forEach((p, i) => {
    if (p > 0) sums[Math.floor(i / classes)]! += p * scalar.log(p);
  });
  return sums;
}
