/** The convolution in xLSTM blocks: each feature by itself, over the step and the three before it. */
import { add, concat, gatherRows, mul, reshape, slice, type Tensor, transpose } from "@cellstate/tensor";
import { uniform, zeros } from "../initializers/initializer.ts";
import type { MakeWeight } from "../layers/recurrent-kind.ts";

/** Steps that an output sees. */
const KERNEL_SIZE = 4;

/** Steps before a sequence that its first outputs see. */
export const CONV_MEMORY: number = KERNEL_SIZE - 1;

export interface CausalConvWeights {
  /** `[features, 4]`, the step itself last. */
  readonly convWeight: Tensor;
  /** `[features]` */
  readonly convBias: Tensor;
}

/** Weights `conv_weight` and `conv_bias`: uniform within half of 1, as PyTorch draws so small filters, and 0. */
export function makeCausalConv(features: number, make: MakeWeight): CausalConvWeights {
  const bound = 1 / Math.sqrt(KERNEL_SIZE);
  return {
    convWeight: make("conv_weight", [features, KERNEL_SIZE], uniform(-bound, bound)),
    convBias: make("conv_bias", [features], zeros),
  };
}

/**
 * @param x        `[batch, steps, features]`, in the order in which it is read
 * @param lengths  `[batch]`: real steps of each row, from its start
 * @param before   `[batch, 3, features]`: the steps before
 * @returns the output, of the shape of `x`, and the last three steps that each row has seen
 */
export function causalConv(
  x: Tensor,
  lengths: Int32Array,
  { convWeight, convBias }: CausalConvWeights,
  before: Tensor,
): { output: Tensor; after: Tensor } {
  const [batchSize, steps, features] = x.shape as [number, number, number];
  const seen = concat([before, x], 1); // [batch, 3 + steps, features]
  const filters = transpose(convWeight, [1, 0]); // [4, features]
  const terms = Array.from({ length: KERNEL_SIZE }, (_, tap) =>
    mul(slice(seen, 1, tap, tap + steps), reshape(slice(filters, 0, tap, tap + 1), [features])),
  );
  const last = Array.from(lengths, (length, row) =>
    Array.from({ length: CONV_MEMORY }, (_, step) => row * (CONV_MEMORY + steps) + length + step),
  ).flat();
  const rows = reshape(seen, [batchSize * (CONV_MEMORY + steps), features]);
  return {
    output: terms.reduce((sum, term) => add(sum, term), convBias),
    after: reshape(gatherRows(rows, Int32Array.from(last)), [batchSize, CONV_MEMORY, features]),
  };
}
