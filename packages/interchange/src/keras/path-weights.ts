/** Weights by the path of the object that holds them: `.weights.h5` files, also inside `.keras` archives, since Keras 2.12. */
import type { TensorData } from "@cellstate/tensor";
import type { Hdf5File } from "../hdf5/hdf5-file.ts";
import type { LayerDescription, NetworkDescription } from "./network.ts";
import { type CountOf, leavesIn, networkIn, type WeightSource } from "./weight-source.ts";

/** What the list of a model's layers is called in the file. */
const LISTS = ["layers", "_layer_checkpoint_dependencies"];

/** Groups in each other down to a weight. */
const DEEPEST = 24;

export class PathWeights implements WeightSource {
  readonly #file: Hdf5File;

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  get capacity(): number {
    return this.#file.capacity;
  }

  read(network: NetworkDescription, countOf: CountOf): Map<LayerDescription, readonly TensorData[]> {
    return new Map(this.#readModel(network, "", countOf));
  }

  *#readModel(
    network: NetworkDescription,
    path: string,
    countOf: CountOf,
  ): Generator<[LayerDescription, readonly TensorData[]]> {
    const list = join(path, LISTS.find((name) => this.#file.has(join(path, name))) ?? LISTS[0]!);
    const waiting = this.#groupsWithWeights(list);
    for (const layer of network.layers) {
      if (leavesIn(layer).every((leaf) => countOf(leaf).all === 0)) continue;
      const group = waiting.get(snakeCase(layer.writtenClass))?.shift();
      if (group === undefined) continue;
      yield* this.#readEntry(layer, join(list, group), countOf);
    }
  }

  *#readEntry(
    layer: LayerDescription,
    path: string,
    countOf: CountOf,
  ): Generator<[LayerDescription, readonly TensorData[]]> {
    if (layer.network !== undefined) yield* this.#readModel(layer.network, path, countOf);
    else if (layer.inner !== undefined && networkIn(layer) !== undefined)
      yield* this.#readEntry(layer.inner, join(path, "layer"), countOf);
    else yield [layer, this.#readLayer(layer, path)];
  }

  /**
   * Groups by the class that they are named after: `lstm`, `lstm_1`, ... in the order of the layers. Numbers may be left out, since
   * layers without weights have some, and Keras 2.12 counted others twice.
   */
  #groupsWithWeights(list: string): Map<string, string[]> {
    const groups = new Map<string, { readonly name: string; readonly number: number }[]>();
    for (const name of this.#file.has(list) ? this.#file.children(list) : []) {
      const [, base = name, number = "0"] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? [];
      if (!this.#holdsWeights(join(list, name), DEEPEST)) continue;
      groups.set(base, [...(groups.get(base) ?? []), { name, number: Number(number) }]);
    }
    return new Map(
      [...groups].map(([base, members]) => [base, members.sort((a, b) => a.number - b.number).map(({ name }) => name)]),
    );
  }

  #holdsWeights(path: string, depth: number): boolean {
    return this.#file
      .children(path)
      .some(
        (name) =>
          this.#file.isDataset(join(path, name)) || (depth > 0 && this.#holdsWeights(join(path, name), depth - 1)),
      );
  }

  #readLayer({ className, inner, backward }: LayerDescription, path: string): TensorData[] {
    switch (className) {
      case "Bidirectional":
        return [
          ...this.#readLayer(inner!, join(path, "forward_layer")),
          ...this.#readLayer(backward ?? inner!, join(path, "backward_layer")),
        ];
      case "TimeDistributed":
        return this.#readLayer(inner!, join(path, "layer"));
      case "MultiHeadAttention":
        return ["query_dense", "key_dense", "value_dense", "output_dense"].flatMap((part) =>
          this.#variables(join(path, part)),
        );
      default:
        return this.#variables(this.#file.has(join(path, "cell")) ? join(path, "cell") : path);
    }
  }

  /** Those that an object has itself, called `vars/0`, `vars/1`, ... */
  #variables(path: string): TensorData[] {
    const vars = join(path, "vars");
    if (!this.#file.has(vars)) return [];
    const numbers = this.#file
      .children(vars)
      .map(Number)
      .sort((a, b) => a - b);
    return numbers.map((number) => this.#file.tensor(join(vars, String(number))));
  }
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** How Keras makes names of classes: `GlobalMaxPooling1D` is `global_max_pooling1d`. */
function snakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
