/** Recurrent layers against Keras 3, forward and backward: see golden/make_keras_golden.py. */
import { readFileSync } from "node:fs";
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  type RecurrentState,
  Rng,
  type Session,
  sum,
  type Tensor,
  type TypedArray,
} from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { type ActivationName, Gru, Lstm, type MergeMode, type RecurrentModule, Rnn } from "../src/index.ts";
import { expectSummary, Lcg } from "./lcg.ts";

interface KerasCase {
  readonly seed: number;
  readonly kind: "lstm" | "gru" | "rnn";
  /** Keras's own. */
  readonly options: {
    readonly activation?: string;
    readonly recurrent_activation?: string;
    readonly reset_after?: boolean;
    readonly go_backwards?: boolean;
    readonly use_bias?: boolean;
  };
  readonly mergeMode: string | null;
  readonly hasState: boolean;
  /** Of Keras's weights: kernel, recurrent kernel and bias of each direction. */
  readonly shapes: readonly (readonly number[])[];
  readonly results: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const cases = JSON.parse(readFileSync(new URL("golden/keras.json", import.meta.url), "utf8")) as readonly KerasCase[];

const lengths = Int32Array.of(4, 2, 3);
const [seqLen, inputSize, hiddenSize] = [4, 3, 4];
/** The place of each of our blocks of rows among Keras's columns. */
const gateOrders = { lstm: [0, 1, 2, 3], gru: [1, 0, 2], rnn: [0] } as const;

const nameOf = (keras: string) =>
  (({ hard_sigmoid: "hardSigmoid" })[keras as "hard_sigmoid"] ?? keras) as ActivationName;
const modeOf = (keras: string) => (keras === "ave" ? "average" : keras) as MergeMode;

function layerOf(session: Session, { kind, options, mergeMode }: KerasCase): RecurrentModule {
  const activation = options.activation && nameOf(options.activation);
  const recurrentActivation = options.recurrent_activation && nameOf(options.recurrent_activation);
  const shared = {
    ...{ inputSize, hiddenSize, stream: new Rng(1).stream("keras"), bias: options.use_bias },
    ...(activation && { activation }),
    ...(options.go_backwards && { readingOrder: "reverse" as const }),
    ...(mergeMode && { bidirectional: true, mergeMode: modeOf(mergeMode) }),
  };
  const gates = recurrentActivation ? { recurrentActivation } : {};
  switch (kind) {
    case "lstm":
      return new Lstm(session, { ...shared, ...gates });
    case "gru":
      return new Gru(session, { ...shared, ...gates, resetAfter: options.reset_after });
    case "rnn":
      return new Rnn(session, shared);
    default:
      return kind satisfies never;
  }
}

/** Where each element of a weight of ours stands in Keras's: transposed, and gate by gate in another order. */
function placesOf(kind: KerasCase["kind"], shape: readonly number[]): number[] {
  const order = gateOrders[kind];
  const [rows, columns = 1] = shape as [number, number?];
  return Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const kerasColumn = order[Math.floor(row / hiddenSize)]! * hiddenSize + (row % hiddenSize);
    return column * rows + kerasColumn;
  });
}

/** Keras's weights in their order: each is a list of ours, which lie one after the other in it. */
function layout(golden: KerasCase): string[][] {
  const perDirection = golden.shapes.length / (golden.mergeMode ? 2 : 1);
  return golden.shapes.map((shape, index) => {
    const suffix = index >= perDirection ? "l0_reverse" : "l0";
    const names = [["weight_ih"], ["weight_hh"], shape.length === 2 ? ["bias_ih", "bias_hh"] : ["bias_ih"]];
    return names[index % perDirection]!.map((name) => `${name}_${suffix}`);
  });
}

function writeWeights(layer: RecurrentModule, golden: KerasCase, lcg: Lcg): void {
  const parameters = layer.parameters();
  for (const names of layout(golden)) {
    for (const name of names) {
      const parameter = parameters.get(name)!;
      const numbers = lcg.numbers(parameter.size).map((value) => value / 2);
      parameter.write(placesOf(golden.kind, parameter.shape).map((place) => numbers[place]!));
    }
  }
  // An LSTM and a simple RNN of Keras have one bias; the other one of ours stays as it was set to, which is not always 0.
  for (const [name, parameter] of parameters) {
    if (!layout(golden).flat().includes(name)) parameter.write(new Float64Array(parameter.size));
  }
}

/** A gradient of ours as Keras lays its weight out. */
function inKerasOrder(kind: KerasCase["kind"], shape: readonly number[], values: TypedArray): Float64Array {
  const out = new Float64Array(values.length);
  placesOf(kind, shape).forEach((place, index) => {
    out[place] = values[index]!;
  });
  return out;
}

function run(session: Session, golden: KerasCase) {
  const lcg = new Lcg(golden.seed);
  const layer = layerOf(session, golden);
  const batchSize = lengths.length;
  const x = lcg.draw(session, [batchSize, seqLen, inputSize]);
  writeWeights(layer, golden, lcg);
  const isLstm = golden.kind === "lstm";
  const initial: Tensor[] = [];
  const drawn = () => {
    const state = lcg.draw(session, [batchSize, hiddenSize]);
    initial.push(state);
    return state;
  };
  const initialState = golden.hasState
    ? Array.from({ length: layer.directions }, (): RecurrentState => {
        const hiddenState = drawn();
        return isLstm ? ({ hiddenState, cellState: drawn() } as RecurrentState) : { hiddenState };
      })
    : undefined;
  const { output, state } = layer.forward(x, { lengths, initialState });
  const results: Record<string, Tensor> = { output };
  state
    .flatMap((one) => Object.values<Tensor>({ ...one }))
    .forEach((tensor, index) => {
      results[`state ${index}`] = tensor;
    });
  const values = Object.entries(results).map(([name, tensor]) => [name, tensor.readSync()] as const);
  const loss = Object.values(results)
    .map((tensor) => sum(mul(tensor, session.tensor(lcg.numbers(tensor.size), tensor.shape))))
    .reduce(add);
  const gradients = backward(loss);
  const gradientOf = (leaf: Tensor) => denseGradient(gradients.get(leaf)!).readSync();
  const weights = layout(golden).map((names, index) => {
    const parts = names.map((name) => {
      const parameter = layer.parameters().get(name)!;
      return [...inKerasOrder(golden.kind, parameter.shape, gradientOf(parameter))];
    });
    return [`weight ${index}`, parts.flat()] as const;
  });
  return {
    results: Object.fromEntries(values),
    gradients: {
      input: gradientOf(x),
      ...Object.fromEntries(initial.map((leaf, index) => [`initial ${index}`, gradientOf(leaf)])),
      ...Object.fromEntries(weights),
    },
  };
}

const titleOf = ({ kind, options, mergeMode }: KerasCase) =>
  [kind, ...Object.entries(options).map(([name, value]) => `${name} ${value}`), ...(mergeMode ? [mergeMode] : [])].join(
    ", ",
  );

describe.each([
  // Keras multiplied in float32, whose roundings are 6e-8 each.
  { backend: "reference", dtype: "float64", tolerance: 1e-6 },
  { backend: "auto", dtype: "float32", tolerance: 1e-5 },
] as const)("on $backend in $dtype", ({ backend, dtype, tolerance }) => {
  test.each(cases.map((golden) => [titleOf(golden), golden] as const))("%s equals Keras", async (_, golden) => {
    const session = await createSession({ backend, dtype });
    try {
      const got = run(session, golden);
      for (const part of ["results", "gradients"] as const) {
        const numbers: Readonly<Record<string, ArrayLike<number>>> = got[part];
        expect(Object.keys(numbers)).toEqual(Object.keys(golden[part]));
        for (const [name, summary] of Object.entries(golden[part])) {
          expectSummary(`${part} of ${name}`, numbers[name]!, summary, tolerance);
        }
      }
    } finally {
      await session.dispose();
    }
  });
});
