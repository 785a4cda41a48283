/** What the options of every stack do: sizes, directions and how they merge, connections, first values, cell states of all steps. */
import {
  add,
  concat,
  createSession,
  dropout,
  linear,
  mul,
  OptionError,
  Rng,
  reshape,
  type Session,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import "../../test/matchers.ts";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { constant, zeros } from "../initializers/initializer.ts";
import { loadStateDict, type StepContext, stateDict } from "../module.ts";
import { Gru } from "./gru.ts";
import { Lstm, type LstmOptions } from "./lstm.ts";
import { Rnn } from "./rnn.ts";

const stream = new Rng(8).stream("options");
const sizes = { inputSize: 3, hiddenSize: 4, stream };
const lengths = Int32Array.of(4, 0, 2);
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

const inputOf = (own = session, time = 4) =>
  own.tensor(stream.fork("x").normal(3 * time * 3), [3, time, 3], { requiresGrad: true });

test.each([Lstm, Gru, Rnn])("%o needs no more than sizes and a stream", (Layer) => {
  const layer = new Layer(session, sizes);
  expect([layer.numLayers, layer.directions, layer.outputSize]).toEqual([1, 1, 4]);
  const plain = { numLayers: 1, bidirectional: false, dropoutRate: 0, recurrentDropoutRate: 0, residual: false };
  const spelledOut = new Layer(session, { ...sizes, ...plain });
  expect(layer.forward(inputOf()).output).toEqualTensorBits(spelledOut.forward(inputOf()).output);
});

describe("merge modes", () => {
  const make = (mergeMode?: LstmOptions["mergeMode"], numLayers = 1) =>
    new Gru(session, { ...sizes, numLayers, bidirectional: true, ...(mergeMode && { mergeMode }) });

  test.each([
    ["sum", add],
    ["mul", mul],
    ["average", (a: Tensor, b: Tensor) => mul(add(a, b), 0.5)],
  ] as const)("%s merges both outputs, of all steps and of the last ones", (mode, merge) => {
    const both = make().forward(inputOf(), { lengths });
    const merged = make(mode).forward(inputOf(), { lengths });
    const halves = [slice(both.output, 2, 0, 4), slice(both.output, 2, 4, 8)] as const;
    expect(merged.output).toEqualTensorBits(merge(...halves));
    const [forward, reverse] = both.state;
    expect(merged.lastOutput).toEqualTensorBits(merge(forward!.hiddenState, reverse!.hiddenState));
    expect(make(mode, 2).weightsOf(1).weightIh.shape).toEqual([12, 4]);
  });

  test("concat leaves both side by side, none gives them apart, too", () => {
    const layer = make("none", 2);
    expect(layer.weightsOf(1).weightIh.shape).toEqual([12, 8]);
    const { output, outputs, lastOutput, state } = layer.forward(inputOf(), { lengths });
    expect(output).toEqualTensorBits(make("concat", 2).forward(inputOf(), { lengths }).output);
    expect(concat(outputs, 2)).toEqualTensorBits(output);
    expect(outputs).toHaveLength(2);
    expect(lastOutput).toEqualTensorBits(concat([state[2]!.hiddenState, state[3]!.hiddenState], 1));
  });
});

test("variational dropout between layers drops the same features at all steps, and dropout others", () => {
  const below = new Gru(session, sizes);
  const step: StepContext = { training: true, step: 3, examples: Int32Array.of(0, 1, 2) };
  const inputOfSecond = (variationalDropout: boolean) => {
    const stack = new Gru(session, { ...sizes, numLayers: 2, dropoutRate: 0.5, variationalDropout });
    const [second] = [new Gru(session, { ...sizes, inputSize: 4 })];
    loadStateDict(below, new Map([...stateDict(below).keys()].map((name) => [name, stateDict(stack).get(name)!])));
    loadStateDict(
      second,
      new Map([...stateDict(second).keys()].map((name) => [name, stateDict(stack).get(name.replace("l0", "l1"))!])),
    );
    return { stack, second };
  };
  const address = { stream: stream.fork("dropout_l1"), step: 3, examples: step.examples };
  const output = below.forward(inputOf()).output; // [3, 4, 4]
  const { stack, second } = inputOfSecond(true);
  const mask = reshape(dropout(session.full([3, 4], 1), 0.5, address), [3, 1, 4]);
  const first = below.forward(inputOf()).output;
  expect(output.shape).toEqual([3, 4, 4]);
  expect(stack.forward(inputOf(), { step }).output).toEqualTensorBits(second.forward(mul(first, mask)).output);
  const each = inputOfSecond(false).stack.forward(inputOf(), { step }).output;
  expect([...each.readSync()]).not.toEqual([...stack.forward(inputOf(), { step }).output.readSync()]);
});

describe("reading orders", () => {
  test("reverse is the second of two directions", () => {
    const both = new Lstm(session, { ...sizes, bidirectional: true });
    const back = new Lstm(session, { ...sizes, readingOrder: "reverse" });
    const weights = stateDict(both);
    loadStateDict(back, new Map([...stateDict(back).keys()].map((name) => [name, weights.get(`${name}_reverse`)!])));
    const result = back.forward(inputOf(), { lengths });
    const pair = both.forward(inputOf(), { lengths });
    expect(result.output).toEqualTensorBits(slice(pair.output, 2, 4, 8));
    expect(result.lastOutput).toEqualTensorBits(pair.state[1]!.hiddenState);
  });

  test("alternating turns every other layer round", () => {
    const make = (changes: object) => new Rnn(session, { ...sizes, ...changes });
    const stack = make({ numLayers: 2, readingOrder: "alternating" });
    const [first, second] = [make({}), make({ inputSize: 4, readingOrder: "reverse" })];
    const weights = stateDict(stack);
    loadStateDict(first, new Map([...stateDict(first).keys()].map((name) => [name, weights.get(name)!])));
    const upper = [...stateDict(second).keys()].map((name) => [name, weights.get(name.replace("l0", "l1"))!] as const);
    loadStateDict(second, new Map(upper));
    const below = first.forward(inputOf(), { lengths }).output;
    expect(stack.forward(inputOf(), { lengths }).output).toEqualTensorBits(second.forward(below, { lengths }).output);
  });
});

describe("connections", () => {
  /** A stack of two layers, and what each of them gives when it runs alone. */
  function layersAlone(options: Partial<LstmOptions>) {
    const stack = new Gru(session, { ...sizes, numLayers: 2, ...options });
    const [first, second] = [new Gru(session, sizes), new Gru(session, { ...sizes, inputSize: 4 })];
    const weights = stateDict(stack);
    loadStateDict(first, new Map([...stateDict(first).keys()].map((name) => [name, weights.get(name)!])));
    const upper = [...stateDict(second).keys()].map((name) => [name, weights.get(name.replace("l0", "l1"))!] as const);
    loadStateDict(second, new Map(upper));
    const below = first.forward(inputOf(), { lengths });
    return { stack, below, above: second.forward(below.output, { lengths }) };
  }

  test("residual adds what a layer reads to what it gives", () => {
    const { stack, below, above } = layersAlone({ residual: true });
    const { output, lastOutput } = stack.forward(inputOf(), { lengths });
    expect(output).toEqualTensorBits(add(above.output, below.output));
    expect(lastOutput).toEqualTensorBits(add(above.lastOutput, below.lastOutput));
  });

  test("highway mixes both by a gate that starts nearly shut", () => {
    const { stack, below, above } = layersAlone({ highway: true });
    const parameters = stack.parameters();
    expect([...parameters.get("bias_highway_l1")!.readSync()]).toEqual([-1, -1, -1, -1]);
    const share = sigmoid(
      linear(below.output, parameters.get("weight_highway_l1")!, parameters.get("bias_highway_l1")!),
    );
    const mixed = add(below.output, mul(share, sub(above.output, below.output))).readSync();
    stack
      .forward(inputOf(), { lengths })
      .output.readSync()
      .forEach((value, index) => {
        expect(value).toBeCloseTo(mixed[index]!, 6);
      });
  });

  test.each(["residual", "highway"] as const)("gradients through %s agree with central differences", async (name) => {
    const own = await createSession({ backend: "reference", dtype: "float64" });
    const options = { numLayers: 3, bidirectional: true, mergeMode: "average" as const, dropoutRate: 0.3 };
    const layer = new Gru(own, { ...sizes, hiddenSize: 2, ...options, [name]: true });
    const x = inputOf(own);
    const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
    const loss = () => {
      const { output, lastOutput } = layer.forward(x, { lengths, step });
      return add(sum(square(output)), sum(square(lastOutput)));
    };
    checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });
});

test("hiddenSize may list the units of each layer", () => {
  const layer = new Lstm(session, { ...sizes, hiddenSize: [6, 5, 4], bidirectional: true });
  expect([layer.numLayers, layer.hiddenSize, layer.outputSize]).toEqual([3, 4, 8]);
  expect(layer.weightsOf(1).weightIh.shape).toEqual([20, 12]);
  const { state } = layer.forward(inputOf(), { lengths });
  expect(state.map(({ cellState }) => cellState.shape[1])).toEqual([6, 6, 5, 5, 4, 4]);
  expect(layer.startState(session.zeros([2, 5]), 1).cellState.shape).toEqual([2, 5]);
});

test("initializers replace those of the kind, weight by weight", () => {
  const initializers = { weightHh: constant(0.5), biasIh: zeros, peepholes: constant(2) };
  const own = stateDict(new Lstm(session, { ...sizes, numLayers: 2, peepholes: true, initializers }));
  const usual = stateDict(new Lstm(session, { ...sizes, numLayers: 2, peepholes: true }));
  expect([...new Set(own.get("weight_hh_l1")!.data)]).toEqual([0.5]);
  expect([...new Set(own.get("bias_ih_l0")!.data)]).toEqual([0]);
  expect([...new Set(own.get("peepholes_l0")!.data)]).toEqual([2]);
  expect(own.get("weight_ih_l1")).toEqual(usual.get("weight_ih_l1"));
});

test.each([
  [Lstm, {}],
  [Gru, {}],
  [Gru, { resetAfter: false }],
  [Rnn, {}],
] as const)("%o without a bias is one whose biases are 0, and has none to learn: %j", (Layer, options) => {
  const without = new Layer(session, { ...sizes, ...options, numLayers: 2, bias: false });
  expect([...without.parameters().keys()]).toEqual(["weight_ih_l0", "weight_hh_l0", "weight_ih_l1", "weight_hh_l1"]);
  const usual = new Layer(session, { ...sizes, ...options, numLayers: 2, initializers: { biasIh: zeros } });
  expect(without.forward(inputOf(), { lengths }).output).toEqualTensorBits(
    usual.forward(inputOf(), { lengths }).output,
  );
});

test("a GRU that resets before the product has one bias", () => {
  const names = [...new Gru(session, { ...sizes, resetAfter: false }).parameters().keys()];
  expect(names).toEqual(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]);
});

test("input dropout hides the same features of the first layer's input at all steps, in training alone", () => {
  const layer = new Rnn(session, { ...sizes, inputSize: 40, inputDropoutRate: 0.5 });
  const plain = new Rnn(session, { ...sizes, inputSize: 40 });
  const x = session.tensor(stream.fork("wide").normal(2 * 3 * 40), [2, 3, 40]);
  const step: StepContext = { training: true, step: 2, examples: Int32Array.of(6, 1) };
  const address = { stream: stream.fork("input_dropout"), step: 2, examples: step.examples };
  const mask = dropout(session.full([2, 40], 1), 0.5, address);
  const hidden = mul(x, reshape(mask, [2, 1, 40]));
  expect(new Set(mask.readSync())).toEqual(new Set([0, 2]));
  expect(layer.forward(x, { step }).output).toEqualTensorBits(plain.forward(hidden).output);
  expect(layer.forward(x).output).toEqualTensorBits(plain.forward(x).output);
});

describe("cell states of all steps", () => {
  const variants: Record<string, Partial<LstmOptions>> = {
    "a plain layer": {},
    "two layers in both directions": { numLayers: 2, bidirectional: true, mergeMode: "sum" },
    "a projection and a clip": { projectionSize: 2, cellClip: 0.1 },
    "other activations": { activation: "softsign" },
  };

  test.each(Object.entries(variants))("of %s are those that ever shorter rows end in", (_, options) => {
    const layer = new Lstm(session, { ...sizes, ...options });
    const { cellStates, output, state } = layer.forward(inputOf(), { lengths, returnCellStates: true });
    expect(cellStates!.shape).toEqual([3, 4, 4 * layer.directions]);
    const usual = layer.forward(inputOf(), { lengths });
    expect(output).toEqualTensorBits(usual.output);
    expect(state.at(-1)!.cellState).toEqualTensorBits(usual.state.at(-1)!.cellState);
    for (const time of [0, 1, 2, 3]) {
      const cut = layer.forward(inputOf(), { lengths: lengths.map((length) => Math.min(length, time + 1)) });
      if (layer.directions === 1) {
        const row = slice(slice(cellStates!, 0, 0, 1), 1, time, time + 1);
        expect([...row.readSync()]).toEqual([...slice(cut.state.at(-1)!.cellState, 0, 0, 1).readSync()]);
      }
    }
    const [, empty, short] = [0, 1, 2].map((row) => slice(cellStates!, 0, row, row + 1).readSync());
    expect([...empty!].every((value) => value === 0)).toBe(true);
    expect([...short!.slice(2 * 4 * layer.directions)].every((value) => value === 0)).toBe(true);
  });

  test("have gradients that agree with central differences", async () => {
    const own = await createSession({ backend: "reference", dtype: "float64" });
    const layer = new Lstm(own, { ...sizes, hiddenSize: 2, bidirectional: true });
    const x = inputOf(own);
    const loss = () => sum(square(layer.forward(x, { lengths, returnCellStates: true }).cellStates!));
    checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });

  test("are refused where there are none", () => {
    expect(() => new Gru(session, sizes).forward(inputOf(), { returnCellStates: true })).toThrow(
      "Gru: expected returnCellStates to be false, since these layers do not give cell states, got true",
    );
  });
});

test.each<[Partial<LstmOptions>, string]>([
  [{ hiddenSize: [] }, "Lstm: expected hiddenSize to be an integer >= 1 or a list of them, got "],
  [{ hiddenSize: [4, 0] }, "Lstm: expected hiddenSize[1] to be an integer >= 1, got 0"],
  [{ hiddenSize: [4, 4], numLayers: 3 }, "Lstm: expected numLayers to be 2, as hiddenSize lists, or left out, got 3"],
  [{ numLayers: 0 }, "Lstm: expected numLayers to be an integer >= 1, got 0"],
  [
    { bidirectional: true, readingOrder: "reverse" },
    "Lstm: expected readingOrder to be forward with bidirectional, which reads in both directions, got reverse",
  ],
  [
    { mergeMode: "avg" as "sum", bidirectional: true },
    "Lstm: expected mergeMode to be one of concat, sum, mul, average, none, got avg",
  ],
  [
    { hiddenSize: [4, 5], residual: true },
    "Lstm: expected hiddenSize to be one size for all layers with residual, which adds layers up, got [4, 5]",
  ],
  [{ residual: true, highway: true }, "Lstm: expected highway to be false with residual, of which it takes the place"],
  [
    { initializers: { weightIH: zeros } },
    "Lstm: expected initializers to be of weightIh, weightHh, biasIh, biasHh, got weightIH; did you mean weightIh?",
  ],
  [{ activation: "than" as "tanh" }, "got than; did you mean tanh?"],
  [{ zoneoutRate: 1 }, "Lstm: expected zoneoutRate to be a rate in [0, 1), got 1"],
  [{ zoneoutRate: { cell: -0.5 } }, "Lstm: expected zoneoutRate.cell to be a rate in [0, 1), got -0.5"],
  [{ weightDropRate: 1 }, "Lstm: expected weightDropRate to be a rate in [0, 1), got 1"],
])("options %j are refused with advice", (options, message) => {
  const make = () => new Lstm(session, { ...sizes, ...options });
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
});

test("options that do nothing, and activations without a bound, are told of once", async () => {
  vi.resetModules(); // as in a process of its own, where nobody has been told yet
  const [{ Gru }, { Lstm }, { Rnn }] = await Promise.all([import("./gru.ts"), import("./lstm.ts"), import("./rnn.ts")]);
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  for (let i = 0; i < 2; i++) {
    new Lstm(session, { ...sizes, residual: true });
    new Lstm(session, { ...sizes, mergeMode: "sum" });
    new Lstm(session, { ...sizes, activation: "relu" });
    new Gru(session, { ...sizes, activation: "elu" });
    new Rnn(session, { ...sizes, activation: "relu" });
  }
  expect(warn.mock.calls.flat()).toEqual([
    "Lstm: residual does nothing with numLayers 1, since it acts between layers",
    "Lstm: mergeMode sum does nothing without bidirectional, since there is one output",
    "Lstm: activation relu has no bound, so that states and gradients can grow at every step; set cellClip and clip gradients, or take tanh",
    "Gru: activation elu has no bound, so that states and gradients can grow at every step; clip gradients, or take tanh",
    "Rnn: activation relu has no bound, so that states and gradients can grow at every step; clip gradients, or take tanh",
  ]);
  warn.mockRestore();
});
