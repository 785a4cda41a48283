/** What golden/make_keras.py had Keras write and predict. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface GoldenModel {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, readonly GoldenTensor[]>>;
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
}

export interface GoldenFiles extends Pick<GoldenModel, "name" | "inputs" | "outputs"> {
  /** Base64 by the ending of the name. */
  readonly files: Readonly<Record<string, string>>;
  /** What `model.to_json()` gave. */
  readonly json?: string;
}

/** What golden/make_hdf5.py had h5py write, files in base64. */
export interface GoldenHdf5 {
  readonly files: readonly {
    readonly name: string;
    readonly file: string;
    readonly datasets: Readonly<Record<string, GoldenTensor>>;
  }[];
  readonly refused: Readonly<Record<string, string>>;
  readonly models: Readonly<Record<string, string>>;
  /** The weights of one Dense layer, `[64, 1024]`, in a few thousand bytes. */
  readonly zeros: string;
}

function golden<Content>(name: string): Content {
  return JSON.parse(gunzipSync(readFileSync(new URL(`golden/${name}.json.gz`, import.meta.url))).toString());
}

export const goldenModels = golden<readonly GoldenModel[]>("keras-models");
export const goldenFiles = golden<readonly GoldenFiles[]>("keras-files");
export const goldenHdf5 = golden<GoldenHdf5>("hdf5");

/** The model as TensorFlow.js would have it: a `model.json` with a file of weights. */
export function asTfjs({ config, weights }: GoldenModel): Map<string, Uint8Array> {
  const list = Object.entries(weights).flatMap(([layer, tensors]) =>
    tensors.map((tensor, index) => ({ name: `${layer}/${index}`, ...tensor })),
  );
  const document = {
    format: "layers-model",
    modelTopology: config,
    weightsManifest: [
      { paths: ["w.bin"], weights: list.map(({ name, shape }) => ({ name, shape, dtype: "float32" })) },
    ],
  };
  const elements = Float32Array.from(list.flatMap(({ data }) => data));
  return new Map([
    ["model.json", new TextEncoder().encode(JSON.stringify(document))],
    ["w.bin", new Uint8Array(elements.buffer)],
  ]);
}

/** Largest difference of a prediction from Keras's. */
export function distance(
  predicted: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  { shape, data }: GoldenTensor,
): number {
  if (predicted.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  return Math.max(...data.map((value, index) => Math.abs(value - predicted.data[index]!)));
}
