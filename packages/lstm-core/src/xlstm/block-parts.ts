/** What both kinds of xLSTM blocks consist of besides their cells (Beck et al. 2024, appendix, figures 9 and 10). */
import { layerNorm, linear, mul, reshape, type Tensor } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { ones, zeros } from "../initializers/initializer.ts";
import type { MakeWeight } from "../layers/recurrent-kind.ts";

const EPSILON = 1e-5;

/** How a block reads its input. */
export interface ResidualWeights {
  /** `[hiddenSize, inputSize]`, where the input has another size than the sum of all blocks, which it starts. */
  readonly weightIn: Tensor | undefined;
  readonly norm: NormWeights;
}

/** Each `[features]`. */
export interface NormWeights {
  readonly gain: Tensor;
  readonly bias: Tensor;
}

/** Weights `weight_in`, `norm_gain` and `norm_bias`. */
export function makeResidual(inputSize: number, hiddenSize: number, make: MakeWeight): ResidualWeights {
  return {
    weightIn: inputSize === hiddenSize ? undefined : make("weight_in", [hiddenSize, inputSize], glorotUniform),
    norm: makeNorm("norm", hiddenSize, make),
  };
}

/** Weights `..._gain`, which starts at 1, and `..._bias`, which starts at 0. */
export function makeNorm(name: string, features: number, make: MakeWeight): NormWeights {
  return { gain: make(`${name}_gain`, [features], ones), bias: make(`${name}_bias`, [features], zeros) };
}

/** `[rows, inputSize]` as the sum that a block adds to, `[rows, hiddenSize]`. */
export function residualOf(rows: Tensor, { weightIn }: ResidualWeights): Tensor {
  return weightIn ? linear(rows, weightIn) : rows;
}

/** Layer normalization. */
export function normalized(x: Tensor, { gain, bias }: NormWeights): Tensor {
  return layerNorm(x, gain, bias, EPSILON);
}

/** Normalizes the units of each head by themselves: `[rows, units]` to the same, with a gain for each unit. */
export function headNorm(x: Tensor, heads: number, gain: Tensor): Tensor {
  const [rows, units] = x.shape as [number, number];
  const size = units / heads;
  const { session } = x;
  const byHead = layerNorm(reshape(x, [rows * heads, size]), session.full([size], 1), session.zeros([size]), EPSILON);
  return mul(reshape(byHead, [rows, units]), gain);
}
