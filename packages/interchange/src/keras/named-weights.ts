/** Weights in one list with names, as TensorFlow.js keeps them: which layer one belongs to is said by a part of its name. */
import type { TensorData } from "@cellstate/tensor";
import type { LayerDescription, NetworkDescription } from "./network.ts";
import { leavesOf, type WeightSource } from "./weight-source.ts";

export class NamedWeights implements WeightSource {
  readonly #tensors: ReadonlyMap<string, TensorData>;

  /** @param tensors  by names such as `lstm_1/kernel` or `model/both/forward_lstm/lstm_cell/kernel` */
  constructor(tensors: ReadonlyMap<string, TensorData>) {
    this.#tensors = tensors;
  }

  get capacity(): number {
    return [...this.#tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  read(network: NetworkDescription): Map<LayerDescription, readonly TensorData[]> {
    const entries = [...this.#tensors].map(([name, tensor]) => ({
      parts: name.replace(/:\d+$/, "").split("/"),
      tensor,
    }));
    const taken = new Set<TensorData>();
    return new Map(
      leavesOf(network).map((layer) => {
        // A wrapper's weights may have the name of what it wraps alone.
        const names = [layer.name, ...innerNames(layer)];
        const name = names.find((one) =>
          entries.some(({ parts, tensor }) => parts.includes(one) && !taken.has(tensor)),
        );
        const own = entries.filter(
          ({ parts, tensor }) => name !== undefined && parts.includes(name) && !taken.has(tensor),
        );
        for (const { tensor } of own) taken.add(tensor);
        const isBackward = ({ parts }: (typeof own)[number]) => parts.some((part) => part.startsWith("backward_"));
        const inOrder = [...own.filter((one) => !isBackward(one)), ...own.filter(isBackward)];
        return [layer, inOrder.map(({ tensor }) => tensor)];
      }),
    );
  }
}

function innerNames({ inner }: LayerDescription): string[] {
  return inner === undefined ? [] : [inner.name, `forward_${inner.name}`, ...innerNames(inner)];
}
