/** Inverted dropout whose mask is a pure function of step, example, time and feature (Srivastava et al. 2014). */
import { dropout, mul, type RandomStream, reshape, type Tensor } from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import type { StepContext } from "../module.ts";

/** Zeroes a share of the features in training and scales the others by `1 / (1 - rate)`; in evaluation the identity. */
export class Dropout {
  readonly rate: number;
  readonly #stream: RandomStream;

  /**
   * @param rate    share of features dropped, in `[0, 1)`
   * @param stream  this layer's own stream: two layers with one stream would drop the same features
   * @throws {OptionError} if `rate` lies outside its range
   */
  constructor(rate: number, stream: RandomStream) {
    requireRate("Dropout", "rate", rate);
    this.rate = rate;
    this.#stream = stream;
  }

  /**
   * @param x           `[batch, feature]` or `[batch, time, feature]`, rows as in `step.examples`
   * @param timeOffset  time of the first step of `x` within its sequence. Default 0
   */
  forward(x: Tensor, step: StepContext, timeOffset = 0): Tensor {
    if (!step.training || this.rate === 0) return x;
    return dropout(x, this.rate, { stream: this.#stream, step: step.step, examples: step.examples, timeOffset });
  }

  /**
   * Drops the same features at all steps of a sequence (Gal & Ghahramani 2016).
   *
   * @param x  `[batch, time, feature]`, rows as in `step.examples`
   */
  forwardAlike(x: Tensor, step: StepContext): Tensor {
    if (!step.training || this.rate === 0) return x;
    const [batchSize, , features] = x.shape as [number, number, number];
    const mask = this.forward(x.session.full([batchSize, features], 1), step);
    return mul(x, reshape(mask, [batchSize, 1, features]));
  }
}
