/** An output layer that shares its weight with an embedding (Press & Wolf 2017; Inan et al. 2017). */
import {
  linear,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { zeros } from "../initializers/initializer.ts";
import { type Module, namedParameters } from "../module.ts";
import type { Embedding } from "./embedding.ts";
import { Linear } from "./linear.ts";
import { makeParameter } from "./parameter.ts";

export interface TiedLinearOptions {
  /** Whose table is the weight. Give it no `paddingIndex` if padding may be an answer: that row would get no gradient. */
  readonly embedding: Embedding;
  /** Features of the input. Default: those of the vectors; others are projected to them first. */
  readonly inputSize?: number | undefined;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Draws the first weights of the projection. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<TiedLinearOptions> = { embedding: true, inputSize: true, bias: true, stream: true };

/** A score for each token: its vector times the input. The table is named by the embedding alone, and gets the gradients of both. */
export class TiedLinear implements Module {
  /** `[vocabSize, embeddingSize]`, the embedding's. */
  readonly weight: Tensor;
  /** `[vocabSize]` */
  readonly bias: Tensor | undefined;
  readonly projection: Linear | undefined;

  /** @throws {OptionError} if an option is unknown or `inputSize` no integer of at least 1 */
  constructor(session: Session, options: TiedLinearOptions) {
    requireKnownOptions("TiedLinear", options, optionNames);
    const { embedding, inputSize = embedding.embeddingSize, bias = true, stream } = options;
    requireSize("TiedLinear", "inputSize", inputSize);
    this.weight = embedding.weight;
    const [vocabSize] = this.weight.shape as [number, number];
    if (bias) this.bias = makeParameter(session, { name: "bias", shape: [vocabSize], initializer: zeros, stream });
    if (inputSize !== embedding.embeddingSize) {
      const sizes = { inputSize, outputSize: embedding.embeddingSize, bias: false };
      this.projection = new Linear(session, { ...sizes, stream: stream.fork("projection") });
    }
  }

  /** `[..., inputSize]` to what `weight` and `bias` are applied to, `[..., embeddingSize]`: for `linearCrossEntropy`. */
  project(x: Tensor): Tensor {
    return this.projection ? this.projection.forward(x) : x;
  }

  /** `[..., inputSize]` to logits `[..., vocabSize]`. */
  forward(x: Tensor): Tensor {
    return linear(this.project(x), this.weight, this.bias);
  }

  /** Without the table, which the embedding names. */
  parameters(): Map<string, Tensor> {
    const { bias, projection } = this;
    return namedParameters({ ...(projection && { projection }), ...(bias && { bias }) });
  }
}
