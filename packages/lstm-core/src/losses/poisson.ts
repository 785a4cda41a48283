/** Negative log-likelihood of counts under Poisson distributions that a model predicts. */
import { add, exp, log, mul, type OptionNames, requireKnownOptions, scalar, sub, type Tensor } from "@cellstate/tensor";
import { type CountOptions, countOptionNames } from "./counted-targets.ts";
import { elementLoss, notNegative } from "./element-loss.ts";

export interface PoissonNllOptions extends CountOptions {
  /** Whether predictions are logarithms of the rates; otherwise rates >= 0. Default true. */
  readonly logInput?: boolean | undefined;
  /** Whether Stirling's approximation of `log(target!)` is added for targets above 1, as PyTorch does. Default false. */
  readonly full?: boolean | undefined;
}

const optionNames: OptionNames<PoissonNllOptions> = { ...countOptionNames, logInput: true, full: true };

/** Keeps the logarithm of a rate finite. */
const EPS = 1e-8;

/**
 * Mean of `rate - target * log(rate)` over the counted targets, as PyTorch's `poisson_nll_loss`; with `logInput: false` also Keras's
 * `poisson`, whose rates are raised by 1e-7 instead of 1e-8 before the logarithm.
 *
 * @param predictions  float, any shape
 * @param targets      one count >= 0 for each prediction, row-major; fractions are taken
 * @returns shape `[]`, nats up to a constant; 0 if no target counts
 * @throws {ShapeError} unless there is one target for each prediction, and lengths, mask and weights fit
 * @throws {OptionError} if a target that counts is negative or not finite
 */
export function poissonNll(predictions: Tensor, targets: ArrayLike<number>, options: PoissonNllOptions = {}): Tensor {
  requireKnownOptions("poissonNll", options, optionNames);
  const { logInput = true, full = false, ...counted } = options;
  return elementLoss({
    ...counted,
    owner: "poissonNll",
    predictions,
    targets,
    range: notNegative,
    formula: (given, wanted, values) => {
      const losses = logInput ? sub(exp(given), mul(given, wanted)) : sub(given, mul(wanted, log(add(given, EPS))));
      return full ? add(losses, given.session.tensor(values.map(stirling), losses.shape)) : losses;
    },
  });
}

function stirling(target: number): number {
  return target > 1 ? target * scalar.log(target) - target + 0.5 * scalar.log(2 * Math.PI * target) : 0;
}
