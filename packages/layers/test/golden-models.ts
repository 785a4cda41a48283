/** The models of golden/keras.json, as both the comparison with Keras and the check of gradients build them. */
import { readFileSync } from "node:fs";
import { input, layerFromConfig, type Model, model, type Predictions, type SymbolicTensor } from "../src/index.ts";
import { Lcg } from "./lcg.ts";

export interface GoldenCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, (number | null)[]>>;
  readonly nodes: readonly {
    readonly name: string;
    readonly className: string;
    readonly options?: Record<string, unknown>;
    readonly inputs: readonly string[];
    readonly initialState?: readonly string[];
  }[];
  readonly outputs: readonly string[];
  readonly data: Readonly<Record<string, never[]>>;
  readonly times?: number;
  readonly predictions: readonly Golden[];
  readonly train?: Training;
  readonly logs?: Readonly<Record<string, number>>;
  readonly weights?: readonly (readonly number[])[];
  readonly trained?: readonly Golden[];
}

interface Training {
  readonly optimizer: { readonly kind: string };
  readonly loss: readonly string[];
  readonly metrics: readonly (readonly string[])[];
  readonly targets: readonly number[][];
  readonly sampleWeight?: readonly number[];
  readonly classWeight?: Readonly<Record<number, number>>;
  readonly steps: number;
}

export interface Golden {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export const goldenCases = JSON.parse(
  readFileSync(new URL("golden/keras.json", import.meta.url), "utf8"),
) as GoldenCase[];

export function buildGolden({ inputs, nodes, outputs }: GoldenCase): Model<readonly Predictions[]> {
  const tensors = new Map<string, readonly SymbolicTensor[]>();
  for (const [name, shape] of Object.entries(inputs)) tensors.set(name, [input({ shape, name })]);
  const find = (place: string) => {
    const [name, index = "0"] = place.split(":");
    return tensors.get(name!)![Number(index)]!;
  };
  for (const { name, className, options = {}, inputs: read, initialState = [] } of nodes) {
    const layer = layerFromConfig({ className, options: { ...options, name } });
    const made = layer.apply(read.map(find), { initialState: initialState.map(find) });
    tensors.set(name, [made].flat() as SymbolicTensor[]);
  }
  return model({ inputs: Object.keys(inputs).map((name) => find(name)), outputs: outputs.map(find) });
}

/** Draws what the script draws, layer by layer in Keras's order. */
export function setGoldenWeights(net: Model<unknown>): void {
  const lcg = new Lcg(7);
  const values = net.getWeights().map(({ name, data }) => {
    const drawn = Float64Array.from(data, () => lcg.next() / 2);
    return name.includes("variance") ? drawn.map((value) => Math.abs(value) + 0.5) : drawn;
  });
  net.setWeights(values);
}
