/** Stacks of every kind against PyTorch (golden/make_recurrent_golden.py), and what padding, steps and options may not change. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  gatherRows,
  mul,
  type RecurrentState,
  Rng,
  reshape,
  type Session,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import "./matchers.ts";
import { describe, expect, test } from "vitest";
import { recurrentConfig } from "../src/config.ts";
import {
  buildRecurrent,
  loadStateDict,
  type RecurrentKindName,
  type RecurrentModule,
  recurrentKindNames,
  type StepContext,
} from "../src/index.ts";
import { type GoldenTensor, goldenRecurrents } from "./golden-files.ts";

function expectClose(got: ArrayLike<number>, golden: GoldenTensor, tolerance: number): void {
  expect(got.length).toBe(golden.data.length);
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i]! - golden.data[i]!) / Math.max(1, Math.abs(golden.data[i]!));
    expect(error, `element ${i}: ${got[i]} against ${golden.data[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Row `index` of a golden tensor's first axis. */
function part(golden: GoldenTensor, index: number): GoldenTensor {
  const [count, ...shape] = golden.shape as [number, ...number[]];
  const size = golden.data.length / count;
  return { shape, data: golden.data.slice(index * size, (index + 1) * size) };
}

const stream = new Rng(1).stream("golden");

describe.each([
  // float32 accumulates a few roundings of 6e-8; float64 is limited by the 15 digits of the files.
  { dtype: "float64", tolerance: 1e-10 },
  { dtype: "float32", tolerance: 1e-5 },
] as const)("in $dtype", ({ dtype, tolerance }) => {
  test.each(goldenRecurrents)("layers equal PyTorch's, forward and backward: $name", async (golden) => {
    const session = await createSession({ backend: "reference", dtype });
    const { kind, hiddenSize, numLayers, bidirectional, activation, projectionSize, inputSize } = golden;
    const section = { kind, hiddenSize, numLayers, bidirectional, activation, projectionSize };
    const given = Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
    const layer = buildRecurrent(session, recurrentConfig.parse(given), { inputSize, stream });
    expect([...layer.parameters().keys()]).toEqual(Object.keys(golden.parameters));
    const array = (data: readonly number[]) =>
      dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data);
    const saved = Object.entries(golden.parameters).map(
      ([name, { shape, data }]) => [name, { dtype, shape, data: array(data) }] as const,
    );
    loadStateDict(layer, new Map(saved));
    const tensorOf = ({ data, shape }: GoldenTensor) => session.tensor(data, shape, { requiresGrad: true });
    const input = tensorOf(golden.input);
    const names = Object.keys(golden.initial);
    const initial = Array.from({ length: numLayers * layer.directions }, (_, index) =>
      Object.fromEntries(names.map((name) => [name, tensorOf(part(golden.initial[name]!, index))])),
    );
    const { output, state } = layer.forward(input, {
      lengths: Int32Array.from(golden.lengths),
      initialState: initial.map((tensors) => ({ ...tensors, hiddenState: tensors.hiddenState! })),
    });

    expectClose(output.readSync(), golden.results.output!, tolerance);
    let loss = sum(mul(output, tensorOf(golden.factors.output!)));
    state.forEach((last, index) => {
      for (const [name, tensor] of Object.entries<Tensor>({ ...last })) {
        expectClose(tensor.readSync(), part(golden.results[name]!, index), tolerance);
        loss = add(loss, sum(mul(tensor, tensorOf(part(golden.factors[name]!, index)))));
      }
    });
    const gradients = backward(loss);
    const gradientOf = (tensor: Tensor) => denseGradient(gradients.get(tensor)!).readSync();
    expectClose(gradientOf(input), golden.inputGradient, tolerance);
    for (const [name, parameter] of layer.parameters()) {
      expectClose(gradientOf(parameter), golden.parameterGradients[name]!, tolerance);
    }
    initial.forEach((tensors, index) => {
      for (const name of names) {
        expectClose(gradientOf(tensors[name]!), part(golden.initialGradients[name]!, index), tolerance);
      }
    });
  });
});

const sections: Readonly<Record<string, { readonly kind: RecurrentKindName; readonly [option: string]: unknown }>> = {
  ...Object.fromEntries(recurrentKindNames.map((kind) => [kind, { kind }])),
  "mlstm, step by step": { kind: "mlstm", chunkSize: 1 },
  "mlstm, in blocks": { kind: "mlstm", block: true },
  "mlstm, in blocks, step by step": { kind: "mlstm", block: true, chunkSize: 1 },
  "slstm, in blocks": { kind: "slstm", block: true },
  "rnn with relu": { kind: "rnn", activation: "relu" },
  "rnn with elu": { kind: "rnn", activation: "elu" },
  "lstm with relu": { kind: "lstm", activation: "relu" },
  "lstm with other activations": { kind: "lstm", activation: "softsign", recurrentActivation: "hardSigmoid" },
  "gru with other activations": { kind: "gru", activation: "selu", recurrentActivation: "hardSigmoidLegacy" },
  "gru that resets before the product": { kind: "gru", resetAfter: false },
  "lstm with zoneout": { kind: "lstm", zoneout: { hidden: 0.3, cell: 0.2 }, projectionSize: 3 },
  "lstm with weight drop": { kind: "lstm", weightDrop: 0.5 },
  "gru with weight drop": { kind: "gru", weightDrop: 0.5 },
  "rnn with weight drop": { kind: "rnn", weightDrop: 0.5 },
  "lstm with residual connections": { kind: "lstm", residual: true },
  "gru with highways": { kind: "gru", highway: true },
  "lstm with sizes per layer": { kind: "lstm", hiddenSize: [6, 4] },
  "lstm with all options": { kind: "lstm", projectionSize: 3, peepholes: true, gateLayerNorm: true, cellClip: 0.5 },
};

describe.each(Object.entries(sections))("%s", (_, section) => {
  const inputSize = 3;
  // Nothing in an mLSTM reads the hidden state.
  const hiddenDropout = section.kind === "mlstm" ? {} : { recurrentDropout: 0.4 };
  const make = (session: Session, bidirectional: boolean): RecurrentModule => {
    const shared = { hiddenSize: 5, numLayers: 2, bidirectional, dropout: 0.3, ...hiddenDropout };
    return buildRecurrent(session, recurrentConfig.parse({ ...shared, ...section }), { inputSize, stream });
  };
  const values = new Rng(2).stream("input").normal(3 * 4 * inputSize);
  const lengths = Int32Array.of(4, 0, 2);

  /** Real outputs, states and all weight gradients of a batch that is padded with `filler` to `time` steps. */
  function run(session: Session, layer: RecurrentModule, rows: readonly number[], time: number, filler: number) {
    const data = new Float64Array(rows.length * time * inputSize).fill(filler);
    rows.forEach((row, at) => {
      const from = row * 4 * inputSize;
      data.set(values.subarray(from, from + lengths[row]! * inputSize), at * time * inputSize);
    });
    const step: StepContext = { training: true, step: 3, examples: Int32Array.from(rows) };
    const x = session.tensor(data, [rows.length, time, inputSize]);
    const result = layer.forward(x, { lengths: Int32Array.from(rows, (row) => lengths[row]!), step });
    const real = rows.flatMap((row, at) => Array.from({ length: lengths[row]! }, (_unused, t) => at * time + t));
    const output = gatherRows(reshape(result.output, [rows.length * time, layer.outputSize]), Int32Array.from(real));
    const gradients = backward(add(sum(square(output)), sum(square(result.state.at(-1)!.hiddenState))));
    return {
      output: output.readSync(),
      states: result.state.flatMap((state) => Object.values<Tensor>({ ...state }).map((tensor) => tensor.readSync())),
      gradients: [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync()),
    };
  }

  test("extra padding changes no bit of a real output, a state or a gradient, dropout included", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = make(session, true);
    const tight = run(session, layer, [0, 1, 2], 4, 0);
    const wide = run(session, layer, [0, 1, 2], 7, 9);
    expect(wide.output).toEqualTensorBits(tight.output);
    for (const kind of ["states", "gradients"] as const) {
      tight[kind].forEach((want, index) => {
        expect(wide[kind][index]!).toEqualTensorBits(want);
      });
    }
  });

  test.each(["wasm", "auto"] as const)("gives on %s the bits of the reference, gradients included", async (backend) => {
    const [reference, session] = [await createSession({ backend: "reference" }), await createSession({ backend })];
    const want = run(reference, make(reference, true), [0, 1, 2], 4, 0);
    const got = run(session, make(session, true), [0, 1, 2], 4, 0);
    expect(got.output).toEqualTensorBits(want.output);
    for (const kind of ["states", "gradients"] as const) {
      expect(got[kind]).toHaveLength(want[kind].length);
      want[kind].forEach((values, index) => {
        expect(got[kind][index]!).toEqualTensorBits(values);
      });
    }
    await session.dispose();
  });

  test("a batch equals its rows run alone, to the bit, dropout included", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = make(session, true);
    const together = run(session, layer, [0, 1, 2], 4, 0).output;
    const alone = [0, 2].flatMap((row) => [...run(session, layer, [row], 4, 0).output]);
    expect(together).toEqualTensorBits(alone);
  });

  test("each tensor of a state is one of its own, so that a search may free them one by one", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = make(session, false);
    using scope = session.scope();
    const { state } = layer.forward(session.tensor(values, [3, 4, inputSize]));
    const states = [layer.startState(session.zeros([3, layer.stateSize])), ...state];
    for (const tensor of states.flatMap((one) => Object.values<Tensor>({ ...one }))) scope.free(tensor);
    expect(() => layer.forward(session.zeros([3, 1, inputSize]), { initialState: state })).toThrow("scope.free");
  });

  // Chunks of an mLSTM agree with its steps up to rounding (src/xlstm/mlstm.test.ts).
  const inChunks = section.kind === "mlstm" && section.chunkSize !== 1;
  test.skipIf(inChunks)("T steps in one call equal T calls of one step, to the bit, dropout included", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = make(session, false);
    const step: StepContext = { training: true, step: 9, examples: Int32Array.of(1, 6, 2) };
    const whole = layer.forward(session.tensor(values, [3, 4, inputSize]), { step }).output.readSync();
    let initialState: readonly RecurrentState[] | undefined;
    const width = layer.outputSize;
    for (let time = 0; time < 4; time++) {
      const current = [0, 1, 2].flatMap((row) => [
        ...values.subarray((row * 4 + time) * inputSize, (row * 4 + time + 1) * inputSize),
      ]);
      const x = session.tensor(current, [3, 1, inputSize]);
      const result = layer.forward(x, { initialState, step, timeOffset: time });
      initialState = result.state;
      const expected = [0, 1, 2].flatMap((row) => [
        ...whole.slice((row * 4 + time) * width, (row * 4 + time + 1) * width),
      ]);
      expect(result.output.readSync()).toEqualTensorBits(expected);
    }
  });

  test.skipIf(section.kind === "mlstm")("recurrent dropout acts in training only", async () => {
    const session = await createSession({ backend: "reference" });
    const shared = { hiddenSize: 5, recurrentDropout: 0.4 };
    const layer = buildRecurrent(session, recurrentConfig.parse({ ...shared, ...section }), { inputSize, stream });
    const x = session.tensor(values, [3, 4, inputSize]);
    const outputOf = (step: StepContext) => [...layer.forward(x, { step }).output.readSync()];
    const examples = Int32Array.of(1, 6, 2);
    const still = outputOf({ training: false, step: 1, examples });
    expect(outputOf({ training: false, step: 2, examples })).toEqual(still);
    expect(outputOf({ training: true, step: 1, examples })).not.toEqual(still);
  });
});

test("options of one kind are no options of another", () => {
  expect(() => recurrentConfig.parse({ kind: "gru", hiddenSize: 4, peepholes: true })).toThrow("peepholes");
  expect(() => recurrentConfig.parse({ kind: "rnn", hiddenSize: 4, activation: "sigmund" })).toThrow("activation");
  expect(() => recurrentConfig.parse({ kind: "lstm", hiddenSize: 4, cellClip: 0 })).toThrow("cellClip");
  expect(recurrentConfig.parse({ hiddenSize: 4 }).kind).toBe("lstm");
});
