/** Weights in one list with names, as TensorFlow.js keeps them: which layer one belongs to is said by a part of its name. */
import type { TensorData } from "@cellstate/tensor";
import type { LayerDescription, NetworkDescription } from "./network.ts";
import { type CountOf, leavesOf, networkIn, shared, type WeightSource } from "./weight-source.ts";

export class NamedWeights implements WeightSource {
  readonly #tensors: ReadonlyMap<string, TensorData>;

  /** @param tensors  by names such as `lstm_1/kernel` or `model/both/forward_lstm/lstm_cell/kernel` */
  constructor(tensors: ReadonlyMap<string, TensorData>) {
    this.#tensors = tensors;
  }

  get capacity(): number {
    return [...this.#tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  read(network: NetworkDescription, countOf: CountOf): Map<LayerDescription, readonly TensorData[]> {
    const list = new WaitingWeights(this.#tensors);
    return new Map(network.layers.flatMap((layer) => [...readLayer(layer, list, countOf)]));
  }
}

function* readLayer(
  layer: LayerDescription,
  list: WaitingWeights,
  countOf: CountOf,
): Generator<[LayerDescription, readonly TensorData[]]> {
  const network = networkIn(layer);
  if (network === undefined) {
    // A wrapper's weights may have the name of what it wraps alone.
    yield [layer, list.take([layer.name, ...innerNames(layer)])];
    return;
  }
  const leaves = leavesOf(network);
  const count = leaves.reduce((sum, leaf) => sum + countOf(leaf).all, 0);
  const isOneList = layer.network === undefined && list.named(layer.name).length === count;
  // Steps may have the name of the wrapper alone, which lists all weights that training moves before the others.
  if (isOneList) yield* shared(leaves, list.take([layer.name]), countOf);
  else for (const inner of network.layers) yield* readLayer(inner, list, countOf);
}

/** Weights that belong to no layer yet. */
class WaitingWeights {
  #waiting: readonly { readonly parts: readonly string[]; readonly tensor: TensorData }[];

  constructor(tensors: ReadonlyMap<string, TensorData>) {
    this.#waiting = [...tensors].map(([name, tensor]) => ({ parts: name.replace(/:\d+$/, "").split("/"), tensor }));
  }

  /** Those with a part of that name. */
  named(name: string) {
    return this.#waiting.filter(({ parts }) => parts.includes(name));
  }

  /** Takes those that the first of the names finds; those of a backward direction come last. */
  take(names: readonly string[]): TensorData[] {
    const own = names.map((name) => this.named(name)).find((found) => found.length > 0) ?? [];
    this.#waiting = this.#waiting.filter((one) => !own.includes(one));
    const isBackward = ({ parts }: (typeof own)[number]) => parts.some((part) => part.startsWith("backward_"));
    return [...own.filter((one) => !isBackward(one)), ...own.filter(isBackward)].map(({ tensor }) => tensor);
  }
}

function innerNames({ inner }: LayerDescription): string[] {
  return inner === undefined ? [] : [inner.name, `forward_${inner.name}`, ...innerNames(inner)];
}
