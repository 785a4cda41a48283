/** Pooling by several attentions at once, each looking for something else in the sequence (Lin et al. 2017, section 2.1). */
import { matmul, requireKnownOptions, reshape, type Session, type Tensor, tanh, transpose } from "@cellstate/tensor";
import { beyondLengths, maskedSoftmax } from "../attention/attention-mask.ts";
import { requireSize } from "../errors.ts";
import { Linear } from "../layers/linear.ts";
import { Packing } from "../layers/packing.ts";
import { namedParameters } from "../module.ts";
import { type Pooling, type PoolingInput, type PoolingOptions, poolingOptionNames } from "./pooling.ts";

export interface SelfAttentionPoolingOptions extends PoolingOptions {
  /** Attentions, each of which gives a mean of its own. Default 4. */
  readonly heads?: number | undefined;
}

/**
 * For each head the mean of the steps `h`, weighted by `softmax(query . tanh(W h))` over the real steps of its row; the means stand side
 * by side.
 */
export class SelfAttentionPooling implements Pooling {
  readonly outputSize: number;
  /** `W`, as wide as the steps. */
  readonly projection: Linear;
  /** A query for each head. */
  readonly queries: Linear;

  /** @throws {OptionError} if an option is unknown or `heads` no integer of at least 1 */
  constructor(session: Session, options: SelfAttentionPoolingOptions) {
    requireKnownOptions("SelfAttentionPooling", options, { ...poolingOptionNames, heads: true });
    const { layers, stream, heads = 4 } = options;
    requireSize("SelfAttentionPooling", "heads", heads);
    const inputSize = layers.outputSize;
    const linear = (name: string, outputSize: number) =>
      new Linear(session, { inputSize, outputSize, bias: false, stream: stream.fork(name) });
    this.outputSize = heads * inputSize;
    this.projection = linear("projection", inputSize);
    this.queries = linear("queries", heads);
  }

  forward({ output }: Pick<PoolingInput, "output">, lengths: Int32Array): Tensor {
    const [batchSize, seqLen] = output.shape as [number, number];
    const packing = new Packing("SelfAttentionPooling", { batchSize, seqLen, lengths });
    const steps = packing.pack(output); // [real positions, inputSize]
    const scores = packing.unpack(this.queries.forward(tanh(this.projection.forward(steps)))); // [batch, time, heads]
    const shut = reshape(beyondLengths(output.session, lengths, seqLen), [batchSize, 1, seqLen]);
    const weights = maskedSoftmax(transpose(scores, [0, 2, 1]), shut); // [batch, heads, time]
    const means = matmul(weights, packing.unpack(steps)); // [batch, heads, inputSize]
    return reshape(means, [batchSize, this.outputSize]);
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ projection: this.projection, queries: this.queries });
  }
}
