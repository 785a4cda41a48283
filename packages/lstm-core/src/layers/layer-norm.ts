/** Layer normalization of the last axis (Ba, Kiros & Hinton 2016, section 3). */
import {
  add,
  div,
  layerNorm,
  mean,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  sqrt,
  square,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { ones, zeros } from "../initializers/initializer.ts";
import { type Module, namedParameters } from "../module.ts";
import { makeParameter } from "./parameter.ts";

export interface LayerNormOptions {
  /** Features of the last axis. */
  readonly size: number;
  /** Added to the variance, so that constant features divide by no zero. Default 1e-5. */
  readonly epsilon?: number;
  /** For the first values, which are constants: no number is drawn. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<LayerNormOptions> = { size: true, epsilon: true, stream: true };

/** `weight * (x - mean) / sqrt(variance + epsilon) + bias`, mean and biased variance over the features of each position. */
export class LayerNorm implements Module {
  /** `[size]`, starts at 1. */
  readonly weight: Tensor;
  /** `[size]`, starts at 0. */
  readonly bias: Tensor;
  readonly #epsilon: number;

  /** @throws {OptionError} if an option is unknown, `size` no integer of at least 1, or `epsilon` not above 0 */
  constructor(session: Session, options: LayerNormOptions) {
    requireKnownOptions("LayerNorm", options, optionNames);
    const { size, epsilon = 1e-5, stream } = options;
    requireSize("LayerNorm", "size", size);
    if (!(epsilon > 0)) throw new OptionError("LayerNorm", "epsilon", "above 0", epsilon);
    this.weight = makeParameter(session, { name: "weight", shape: [size], initializer: ones, stream });
    this.bias = makeParameter(session, { name: "bias", shape: [size], initializer: zeros, stream });
    this.#epsilon = epsilon;
  }

  /** `[..., size]` to the same shape. */
  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, this.#epsilon);
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ weight: this.weight, bias: this.bias });
  }
}

/** `(x - mean) / sqrt(variance + epsilon)` along the last axis; `epsilon` is one element. */
export function normalize(x: Tensor, epsilon: Tensor): Tensor {
  const perPosition = [...x.shape.slice(0, -1), 1];
  const centered = sub(x, reshape(mean(x, -1), perPosition));
  const variance = reshape(mean(square(centered), -1), perPosition);
  return div(centered, sqrt(add(variance, epsilon)));
}
