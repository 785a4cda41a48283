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

/** The layers of a model and of the models in it that are no models themselves, in order. */
export function leavesOf(network: NetworkDescription): LayerDescription[] {
  return network.layers.flatMap((layer) => (layer.network === undefined ? [layer] : leavesOf(layer.network)));
}
