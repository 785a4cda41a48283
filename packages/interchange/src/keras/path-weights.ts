/** Weights by the path of the object that holds them: `.weights.h5` files, also inside `.keras` archives, since Keras 2.12. */
import type { TensorData } from "@cellstate/tensor";
import type { Hdf5File } from "../hdf5/hdf5-file.ts";
import type { LayerDescription, NetworkDescription } from "./network.ts";
import type { WeightSource } from "./weight-source.ts";

/** What the list of a model's layers is called in the file. */
const LISTS = ["layers", "_layer_checkpoint_dependencies"];

export class PathWeights implements WeightSource {
  readonly #file: Hdf5File;

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  read(network: NetworkDescription): Map<LayerDescription, readonly TensorData[]> {
    return new Map(this.#readModel(network, ""));
  }

  *#readModel(network: NetworkDescription, path: string): Generator<[LayerDescription, readonly TensorData[]]> {
    const used = new Map<string, number>();
    const list = LISTS.find((name) => this.#file.has(join(path, name))) ?? LISTS[0]!;
    for (const layer of network.layers) {
      const base = snakeCase(layer.writtenClass);
      const count = used.get(base) ?? 0;
      used.set(base, count + 1);
      const own = join(path, `${list}/${count === 0 ? base : `${base}_${count}`}`);
      if (layer.network !== undefined) yield* this.#readModel(layer.network, own);
      else yield [layer, this.#readLayer(layer, own)];
    }
  }

  #readLayer({ className, inner }: LayerDescription, path: string): TensorData[] {
    switch (className) {
      case "Bidirectional":
        return ["forward_layer", "backward_layer"].flatMap((side) => this.#readLayer(inner!, join(path, side)));
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
