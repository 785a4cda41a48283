/** Where a file keeps the weights of a layer: three layouts behind one question. */
import type { TensorData } from "@cellstate/tensor";
import type { LayerDescription, NetworkDescription } from "./network.ts";

/** The weights of a file. */
export interface WeightSource {
  /** Numbers that there can be at most. */
  readonly capacity: number;
  /**
   * The weights of each layer that has some, in Keras's order.
   *
   * @param countOf  how many weights a layer has, and how many of them training does not move (which come last)
   */
  read(network: NetworkDescription, countOf: CountOf): Map<LayerDescription, readonly TensorData[]>;
}

export type CountOf = (layer: LayerDescription) => { readonly all: number; readonly fixed: number };

/** The layers of a model and of the models in it that are no models themselves, nor applied to steps as one, in order. */
export function leavesOf(network: NetworkDescription): LayerDescription[] {
  return network.layers.flatMap(leavesIn);
}

/** The layer alone, or those of the model that it is or applies to each step. */
export function leavesIn(layer: LayerDescription): LayerDescription[] {
  const network = networkIn(layer);
  return network === undefined ? [layer] : leavesOf(network);
}

/** The model that a layer is or applies to each step; undefined of others. */
export function networkIn({ network, inner }: LayerDescription): NetworkDescription | undefined {
  return network ?? (inner && networkIn(inner));
}

/** The weights of several layers in one list: first those that training moves, of all layers, then the others. */
export function shared(
  leaves: readonly LayerDescription[],
  tensors: readonly TensorData[],
  countOf: CountOf,
): Map<LayerDescription, readonly TensorData[]> {
  const only = leaves.length === 1 ? leaves[0] : undefined;
  if (only !== undefined) return new Map([[only, tensors]]);
  const rest = [...tensors];
  const moved = leaves.map((leaf) => rest.splice(0, countOf(leaf).all - countOf(leaf).fixed));
  const fixed = leaves.map((leaf) => rest.splice(0, countOf(leaf).fixed));
  return new Map(leaves.map((leaf, index) => [leaf, [...moved[index]!, ...fixed[index]!]]));
}
