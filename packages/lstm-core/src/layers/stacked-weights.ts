/** The four weights that most cells have, rows stacked gate by gate. */
import type { RecurrentWeights } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { type Initializer, zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { perGate } from "../initializers/per-gate.ts";
import type { MakeWeight } from "./recurrent-kind.ts";

/**
 * Makes weights with PyTorch's names (`weight_ih_l0`, ...): input weights start Glorot uniform, recurrent weights orthogonal (both
 * gate by gate), biases 0.
 *
 * @param gates   names of the blocks of rows, in their order
 * @param biasIh  first values of `bias_ih`. Default: zeros
 */
export function stackedWeights(
  gates: readonly string[],
  hiddenSize: number,
  biasIh: Initializer = zeros,
): (inputSize: number, make: MakeWeight) => RecurrentWeights {
  const rows = gates.length * hiddenSize;
  return (inputSize, make) => ({
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform, gates)),
    weightHh: make("weight_hh", [rows, hiddenSize], perGate(orthogonal, gates)),
    biasIh: make("bias_ih", [rows], biasIh),
    biasHh: make("bias_hh", [rows], zeros),
  });
}
