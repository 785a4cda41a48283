// A plugin in TypeScript, whose types are left out as it is loaded.
import type { Pooling, PoolingInput, PoolingOptions } from "@cellstate/lstm-core";
import { definePlugin } from "@cellstate/tasks";
import { type Session, sub, type Tensor } from "@cellstate/tensor";

/** What the last state has that the mean of all has not. */
class LastAgainstItself implements Pooling {
  readonly outputSize: number;

  constructor(_session: Session, { layers }: PoolingOptions) {
    this.outputSize = layers.outputSize;
  }

  forward({ lastOutput }: PoolingInput): Tensor {
    return sub(lastOutput, 0.5);
  }

  parameters(): Map<string, Tensor> {
    return new Map();
  }
}

const pooling = { name: "shifted", description: "the final state, shifted by a half", Pooling: LastAgainstItself };
export default definePlugin({ poolings: [pooling] });
