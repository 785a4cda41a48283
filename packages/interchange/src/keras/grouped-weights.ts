/** Weights in a group for each layer of the outer model: HDF5 files up to Keras 2, and `.h5` files of Keras 3. */
import type { TensorData } from "@cellstate/tensor";
import { ModelFormatError } from "../errors.ts";
import type { Hdf5File } from "../hdf5/hdf5-file.ts";
import type { LayerDescription, NetworkDescription } from "./network.ts";
import { type CountOf, leavesIn, shared, type WeightSource } from "./weight-source.ts";

export class GroupedWeights implements WeightSource {
  readonly #file: Hdf5File;
  readonly #fileName: string;
  /** The group that holds those of the layers; "" is the root. */
  readonly #root: string;

  constructor(file: Hdf5File, fileName: string, root: string) {
    this.#file = file;
    this.#fileName = fileName;
    this.#root = root;
  }

  get capacity(): number {
    return this.#file.capacity;
  }

  read(network: NetworkDescription, countOf: CountOf): Map<LayerDescription, readonly TensorData[]> {
    const names = namesOf(this.#file, this.#root, "layer_names");
    const weights = new Map<LayerDescription, readonly TensorData[]>();
    for (const [index, layer] of network.layers.entries()) {
      const leaves = leavesIn(layer);
      if (leaves.every((leaf) => countOf(leaf).all === 0)) continue;
      const group = names.includes(layer.name) ? layer.name : this.#sameAt(index, network, names, countOf);
      for (const [leaf, tensors] of shared(leaves, this.#tensors(group), countOf)) weights.set(leaf, tensors);
    }
    return weights;
  }

  /** Files of another copy of the model have other names, in the same order. */
  #sameAt(index: number, network: NetworkDescription, names: readonly string[], countOf: CountOf): string {
    const isWeighted = (layer: LayerDescription) => leavesIn(layer).some((leaf) => countOf(leaf).all > 0);
    const ours = network.layers.filter(isWeighted);
    const theirs = names.filter((name) => namesOf(this.#file, this.#path(name), "weight_names").length > 0);
    const layer = network.layers[index]!;
    if (ours.length === theirs.length) return theirs[ours.indexOf(layer)]!;
    const problem = `it has no weights of layer ${layer.name}, but of ${theirs.join(", ") || "none"}`;
    throw new ModelFormatError(this.#fileName, problem);
  }

  #tensors(group: string): TensorData[] {
    const path = this.#path(group);
    return namesOf(this.#file, path, "weight_names")
      .filter((name) => !name.includes("seed_generator"))
      .map((name) => this.#file.tensor(`${path}/${name}`));
  }

  #path(group: string): string {
    return this.#root === "" ? group : `${this.#root}/${group}`;
  }
}

/** A list of names, which Keras cuts into several attributes where it is long: `layer_names0`, `layer_names1`, ... */
export function namesOf(file: Hdf5File, path: string, attribute: string): string[] {
  const whole = file.attribute(path, attribute);
  if (whole !== undefined) return textsOf(whole);
  const names: string[] = [];
  for (let part = 0; ; part++) {
    const value = file.attribute(path, `${attribute}${part}`);
    if (value === undefined) return names;
    names.push(...textsOf(value));
  }
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
