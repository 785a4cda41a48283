/** Pooling by attention: a learned query says how much each real step counts (Yang et al. 2016, section 2.2). */
import { attend, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { Linear } from "../layers/linear.ts";
import { makeParameter } from "../layers/parameter.ts";
import { namedParameters } from "../module.ts";
import { mapRealPositions } from "../padding.ts";
import { type Pooling, type PoolingInput, type PoolingOptions, poolingOptionNames } from "./pooling.ts";

/** The mean of the steps `h`, each weighted by `softmax(query . tanh(W h + b))` over the real steps of its row. */
export class AttentionPooling implements Pooling {
  readonly outputSize: number;
  /** `W` and `b`, as wide as the steps. */
  readonly projection: Linear;
  /** `[outputSize]` */
  readonly query: Tensor;

  constructor(session: Session, options: PoolingOptions) {
    requireKnownOptions("AttentionPooling", options, poolingOptionNames);
    const { layers, stream } = options;
    const size = layers.outputSize;
    this.outputSize = size;
    this.projection = new Linear(session, { inputSize: size, outputSize: size, stream: stream.fork("projection") });
    this.query = makeParameter(session, {
      name: "query",
      shape: [size],
      initializer: (_shape, draws) => glorotUniform([1, size], draws),
      stream,
    });
  }

  forward({ output }: Pick<PoolingInput, "output">, lengths: Int32Array): Tensor {
    const keys = mapRealPositions(output, lengths, (steps) => this.projection.forward(steps)); // [batch, time, outputSize]
    // Additive attention whose query is the same for all rows: it is the energy, and nothing is added to the keys.
    const nothing = output.session.zeros([lengths.length, this.outputSize]);
    return attend(nothing, keys, output, lengths, { kind: "additive", energy: this.query }).context;
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ projection: this.projection, query: this.query });
  }
}
