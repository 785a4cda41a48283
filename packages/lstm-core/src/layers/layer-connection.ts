/** What leads around a recurrent layer: its input added to its output, or mixed with it by a gate. */
import { add, gatherRows, linear, mul, reshape, sigmoid, sub, type Tensor } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { constant } from "../initializers/initializer.ts";
import { realPositions, spreadRows } from "../padding.ts";
import type { MakeWeight } from "./recurrent-kind.ts";
import type { ResolvedOptions } from "./recurrent-options.ts";

export interface LayerConnection {
  /**
   * Joins what a layer gave with what the layer below gave, each `[rows, size]`.
   */
  join(above: Tensor, below: Tensor): Tensor;
  /**
   * The same of all steps, `[batch, time, size]`; padding stays 0 and moves no sum.
   *
   * @param lengths  `[batch]`
   */
  joinSteps(above: Tensor, below: Tensor, lengths: Int32Array): Tensor;
}

/** The connection around one layer of outputs of `size` features. */
export function makeConnection(
  kind: ResolvedOptions["connection"],
  size: number,
  make: MakeWeight,
): LayerConnection | undefined {
  switch (kind) {
    case undefined:
      return undefined;
    case "residual":
      return { join: add, joinSteps: add };
    case "highway":
      return highway(make("weight_highway", [size, size], glorotUniform), make("bias_highway", [size], constant(-1)));
    default:
      return kind satisfies never;
  }
}

/** From a bias of -1 on, layers start by passing on most of what they read (Srivastava et al. 2015, section 2.3). */
function highway(weight: Tensor, bias: Tensor): LayerConnection {
  const join = (above: Tensor, below: Tensor) => {
    const share = sigmoid(linear(below, weight, bias));
    return add(below, mul(share, sub(above, below)));
  };
  const joinSteps = (above: Tensor, below: Tensor, lengths: Int32Array) => {
    const [batchSize, seqLen, size] = above.shape as [number, number, number];
    const positions = realPositions(lengths, seqLen);
    const count = batchSize * seqLen;
    const realRows = (x: Tensor) => gatherRows(reshape(x, [count, size]), positions);
    const joined = join(realRows(above), realRows(below));
    return reshape(spreadRows([joined], positions, count), above.shape);
  };
  return { join, joinSteps };
}
