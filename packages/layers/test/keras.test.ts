/** Every layer, loss and optimizer against Keras 3: predictions, and the weights after a few steps (golden/make_keras_golden.py). */
import { readFileSync } from "node:fs";
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CompileOptions,
  input,
  layerFromConfig,
  type Model,
  model,
  type Predictions,
  type SymbolicTensor,
} from "../src/index.ts";
import { Lcg } from "./lcg.ts";

interface GoldenCase {
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

interface Golden {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const cases = JSON.parse(readFileSync(new URL("golden/keras.json", import.meta.url), "utf8")) as GoldenCase[];

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

afterAll(() => session.dispose());

function build({ inputs, nodes, outputs }: GoldenCase): Model<readonly Predictions[]> {
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
function setWeights(net: Model<unknown>): void {
  const lcg = new Lcg(7);
  const values = net.getWeights().map(({ name, data }) => {
    const drawn = Float64Array.from(data, () => lcg.next() / 2);
    return name.includes("variance") ? drawn.map((value) => Math.abs(value) + 0.5) : drawn;
  });
  net.setWeights(values);
}

function expectNear(what: string, got: ArrayLike<number>, want: readonly number[], tolerance: number): void {
  expect(got.length, what).toBe(want.length);
  const scale = Math.max(1, ...want.map(Math.abs));
  want.forEach((value, at) => {
    expect(Math.abs(got[at]! - value) / scale, `${what}, element ${at}: ${got[at]} against ${value}`).toBeLessThan(
      tolerance,
    );
  });
}

function expectPredictions(
  what: string,
  got: readonly Predictions[],
  want: readonly Golden[],
  tolerance: number,
): void {
  want.forEach(({ shape, values }, at) => {
    expect(got[at]!.shape, what).toEqual(shape);
    expectNear(what, got[at]!.data, values, tolerance);
  });
}

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Of predictions in float32; Keras keeps probabilities of some losses 1e-7 away from 0, where scores are used here. */
const CLOSE = 2e-6;
/** Of optimizers that add their epsilon elsewhere than Keras: at most so much of a step's length. */
const CLOSE_BUT_EPSILON = 1e-4;

describe("as in Keras", () => {
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", async (_name, golden) => {
    const net = build(golden);
    await net.build({ session });
    setWeights(net);
    const data = golden.data;
    for (let time = 1; time < (golden.times ?? 1); time++) await net.predict(data);
    expectPredictions("predictions", await net.predict(data), golden.predictions, CLOSE);
    if (golden.train === undefined) return;
    const { optimizer, loss, metrics, targets, sampleWeight, classWeight, steps } = golden.train;
    const asInKeras = metrics.map((names) => names.map(snakeCase));
    net.compile({ optimizer: optimizer as CompileOptions["optimizer"], loss, metrics: asInKeras });
    const options = { ...(sampleWeight && { sampleWeight }), ...(classWeight && { classWeight }) };
    let logs: Readonly<Record<string, number>> = {};
    for (let step = 0; step < steps; step++)
      logs = await net.trainOnBatch(data, (targets.length === 1 ? targets[0] : targets) as never, options);
    const tolerance = ["adam", "rmsprop", "adagrad", "adadelta", "nadam", "adamax", "adamw"].includes(optimizer.kind)
      ? CLOSE_BUT_EPSILON
      : CLOSE;
    expect(Object.keys(logs).sort()).toEqual(Object.keys(golden.logs!).sort());
    for (const [name, value] of Object.entries(golden.logs!)) expectNear(name, [logs[name]!], [value], tolerance);
    net.getWeights().forEach(({ name, data: got }, at) => {
      expectNear(name, got, golden.weights![at]!, tolerance);
    });
    expectPredictions("predictions after training", await net.predict(data), golden.trained!, tolerance);
  });
});
