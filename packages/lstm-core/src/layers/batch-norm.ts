/** Batch normalization of the last axis (Ioffe & Szegedy 2015). */
import {
  add,
  assign,
  div,
  mean,
  mul,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  sqrt,
  square,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { ones, zeros } from "../initializers/initializer.ts";
import { type Module, namedParameters, type StepContext } from "../module.ts";
import { Packing } from "./packing.ts";
import { makeParameter } from "./parameter.ts";

/** The defaults are PyTorch's; Keras has `epsilon: 1e-3, momentum: 0.01, unbiased: false` (it calls `1 - momentum` its momentum). */
export interface BatchNormOptions {
  /** Features of the last axis. */
  readonly size: number;
  /** Added to the variance, so that constant features divide by no zero. Default 1e-5. */
  readonly epsilon?: number | undefined;
  /** Share of each batch in the running mean and variance, in `(0, 1]`. Default 0.1. */
  readonly momentum?: number | undefined;
  /** Whether the running variance takes in `n / (n - 1)` times the variance of `n` positions. Default true. */
  readonly unbiased?: boolean | undefined;
  /** For the first values, which are constants: no number is drawn. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<BatchNormOptions> = {
  size: true,
  epsilon: true,
  momentum: true,
  unbiased: true,
  stream: true,
};

/**
 * `weight * (x - mean) / sqrt(variance + epsilon) + bias`, feature by feature: in training over all real positions of the batch, whose
 * mean and variance also move the running ones; in evaluation by the running ones. Of all layers only this one lets examples of
 * a batch see each other, and only this one remembers anything: in buffers that are saved with its parameters.
 */
export class BatchNorm implements Module {
  /** `[size]`, starts at 1. */
  readonly weight: Tensor;
  /** `[size]`, starts at 0. */
  readonly bias: Tensor;
  /** `[size]`, starts at 0. */
  readonly runningMean: Tensor;
  /** `[size]`, starts at 1. */
  readonly runningVariance: Tensor;
  readonly #epsilon: number;
  readonly #momentum: number;
  readonly #unbiased: boolean;

  /** @throws {OptionError} if an option is unknown or outside its range */
  constructor(session: Session, options: BatchNormOptions) {
    requireKnownOptions("BatchNorm", options, optionNames);
    const { size, epsilon = 1e-5, momentum = 0.1, unbiased = true, stream } = options;
    requireSize("BatchNorm", "size", size);
    if (!(epsilon > 0)) throw new OptionError("BatchNorm", "epsilon", "above 0", epsilon);
    if (!(momentum > 0 && momentum <= 1)) throw new OptionError("BatchNorm", "momentum", "in (0, 1]", momentum);
    this.weight = makeParameter(session, { name: "weight", shape: [size], initializer: ones, stream });
    this.bias = makeParameter(session, { name: "bias", shape: [size], initializer: zeros, stream });
    this.runningMean = session.zeros([size]);
    this.runningVariance = session.full([size], 1);
    this.#epsilon = epsilon;
    this.#momentum = momentum;
    this.#unbiased = unbiased;
  }

  /**
   * @param x        `[batch, size]` or `[batch, time, size]`
   * @param lengths  `[batch]`: real steps of each row of a sequence; what stands behind them counts for nothing and becomes 0. Default: all
   * @returns the shape of `x`
   * @throws {ShapeError} if `x` has another shape, or a length lies outside `[0, time]`
   */
  forward(x: Tensor, step: StepContext, lengths?: Int32Array): Tensor {
    const size = this.weight.size;
    const { shape } = x;
    if ((shape.length !== 2 && shape.length !== 3) || shape.at(-1) !== size) {
      throw new ShapeError("BatchNorm", `input of shape [batch, ${size}] or [batch, time, ${size}]`, shape);
    }
    if (lengths === undefined) return reshape(this.#normalize(reshape(x, [x.size / size, size]), step), shape);
    const packing = new Packing("BatchNorm", {
      batchSize: shape[0]!,
      seqLen: shape.length === 3 ? shape[1]! : 1,
      lengths,
    });
    const padded = reshape(x, [shape[0]!, -1, size]);
    return reshape(packing.unpack(this.#normalize(packing.pack(padded), step)), shape);
  }

  /** `[positions, size]` to the same. */
  #normalize(rows: Tensor, step: StepContext): Tensor {
    // A batch without any position says nothing of mean and variance.
    if (!step.training || rows.shape[0] === 0) return this.#scaled(sub(rows, this.runningMean), this.runningVariance);
    const middle = mean(rows, 0); // [size]
    const centered = sub(rows, middle);
    const variance = mean(square(centered), 0);
    this.#remember(middle, variance, rows.shape[0]!, step.statisticsShare ?? this.#momentum);
    return this.#scaled(centered, variance);
  }

  #scaled(centered: Tensor, variance: Tensor): Tensor {
    return add(mul(div(centered, sqrt(add(variance, this.#epsilon))), this.weight), this.bias);
  }

  #remember(middle: Tensor, variance: Tensor, count: number, share: number): void {
    const { session } = middle;
    session.noGrad(() => {
      const correction = this.#unbiased ? count / Math.max(1, count - 1) : 1;
      const moved = (running: Tensor, value: Tensor) =>
        assign(running, add(mul(running, 1 - share), mul(value, share)));
      moved(this.runningMean, middle);
      moved(this.runningVariance, mul(variance, correction));
    });
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ weight: this.weight, bias: this.bias });
  }

  /** `running_mean` and `running_var`, as PyTorch calls them. */
  buffers(): Map<string, Tensor> {
    return new Map([
      ["running_mean", this.runningMean],
      ["running_var", this.runningVariance],
    ]);
  }
}
