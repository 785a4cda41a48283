/** Pooling by the mean of each feature over the real steps. */
import { poolOverTime, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { type Pooling, type PoolingInput, type PoolingOptions, poolingOptionNames } from "./pooling.ts";

export class MeanPooling implements Pooling {
  readonly outputSize: number;

  constructor(_session: Session, options: PoolingOptions) {
    requireKnownOptions("MeanPooling", options, poolingOptionNames);
    const { layers } = options;
    this.outputSize = layers.outputSize;
  }

  forward({ output }: Pick<PoolingInput, "output">, lengths: Int32Array): Tensor {
    return poolOverTime(output, "mean", lengths);
  }

  parameters(): Map<string, Tensor> {
    return new Map();
  }
}
