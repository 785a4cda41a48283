/** Pooling by the final states: what each direction knows when it has read all real steps. */
import { requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { type Pooling, type PoolingInput, type PoolingOptions, poolingOptionNames } from "./pooling.ts";

/**
 * Takes each direction where it ends: a reverse direction has read the whole row at the first step, not at the last one, so
 * that two directions give the pair of final states.
 */
export class LastPooling implements Pooling {
  readonly outputSize: number;

  constructor(_session: Session, options: PoolingOptions) {
    requireKnownOptions("LastPooling", options, poolingOptionNames);
    this.outputSize = options.layers.outputSize;
  }

  forward({ lastOutput }: Pick<PoolingInput, "lastOutput">): Tensor {
    return lastOutput;
  }

  parameters(): Map<string, Tensor> {
    return new Map();
  }
}
