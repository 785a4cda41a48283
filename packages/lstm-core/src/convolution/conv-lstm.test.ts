/** Convolutional LSTMs against Keras, gradients, ragged rows, single steps and bits. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  type LstmState,
  mul,
  Rng,
  reshape,
  type Session,
  slice,
  square,
  sum,
} from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { goldenLayers, goldenPrecisions, holdToGolden } from "../../test/layers-golden.ts";
import { expectSameBits } from "../../test/support/same-bits.ts";
import { ConvLstm1d, ConvLstm2d, type ConvLstmOptions } from "./conv-lstm.ts";

expect.extend({ toEqualTensorBits });

interface GoldenOptions {
  readonly layer: Omit<ConvLstmOptions, "stream">;
  readonly call: { rank: 1 | 2; reverse: boolean; lengths: number[] | null };
}

describe.each(goldenPrecisions)("in $dtype", (precision) => {
  test.each(goldenLayers("convLstm"))("gives what Keras gives, forward and backward: $name", async (golden) => {
    const { layer: options, call } = golden.options as unknown as GoldenOptions;
    // PyTorch, on which Keras ran, holds the slope of a hard sigmoid in float32.
    const tolerance = Math.max(precision.tolerance, options.recurrentActivation === "hardSigmoid" ? 1e-7 : 0);
    await holdToGolden(golden, { ...precision, tolerance }, (session, stream) => {
      const layer = new (call.rank === 1 ? ConvLstm1d : ConvLstm2d)(session, { ...options, stream });
      const lengths = call.lengths === null ? undefined : Int32Array.from(call.lengths);
      return {
        module: layer,
        forward: ({ x }) => {
          const { output, state } = layer.forward(x!, { reverse: call.reverse, lengths });
          return { output, ...state };
        },
      };
    });
  });
});

const stream = new Rng(4).stream("conv-lstm");
const make = (session: Session) =>
  new ConvLstm2d(session, { inputSize: 2, hiddenSize: 3, kernelSize: [2, 3], padding: "same", stride: [1, 2], stream });

/** A state that is not zero, for the grid 2 x 3 that a 2 x 5 one becomes. */
function someState(session: Session, batchSize: number): LstmState {
  const part = (name: string) => session.tensor(stream.fork(name).normal(batchSize * 18), [batchSize, 2, 3, 3]);
  return { hiddenState: part("hidden"), cellState: part("cell") };
}

test.each([
  ["", {}],
  [" with dropout", { inputDropoutRate: 0.3, recurrentDropoutRate: 0.4 }],
])("gradients of ragged rows from given states%s agree with central differences", async (_, rates) => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const layer = new ConvLstm1d(session, { inputSize: 1, hiddenSize: 2, kernelSize: 2, stream, ...rates });
  const step = { training: true, step: 3, examples: Int32Array.of(5, 1, 8) };
  const x = session.tensor(stream.fork("x").normal(3 * 3 * 3), [3, 3, 3, 1], { requiresGrad: true });
  const part = (name: string) => session.tensor(stream.fork(name).normal(12), [3, 2, 2], { requiresGrad: true });
  const initialState = { hiddenState: part("hidden"), cellState: part("cell") };
  const loss = () => {
    const { output, state } = layer.forward(x, { lengths: Int32Array.of(3, 0, 2), reverse: true, initialState, step });
    return add(sum(square(output)), sum(square(state.cellState)));
  };
  const inputs = [x, initialState.hiddenState, initialState.cellState, ...layer.parameters().values()];
  checkGradients(loss, inputs, { eps: 1e-5, rtol: 1e-6 });
});

/** Output, state and gradients of two rows that are padded with `filler` to `time` steps. */
function run(session: Session, time: number, filler: number) {
  const layer = make(session);
  const values = new Float64Array(2 * time * 20).fill(filler);
  values.set(stream.fork("first").normal(3 * 20), 0);
  values.set(stream.fork("second").normal(20), time * 20);
  const x = session.tensor(values, [2, time, 2, 5, 2]);
  const { output, state } = layer.forward(x, { lengths: Int32Array.of(3, 1), initialState: someState(session, 2) });
  const all = output.readSync();
  const states = [state.hiddenState, state.cellState].map((tensor) => tensor.readSync());
  const gradients = backward(sum(mul(output, add(output, 1))));
  const ofWeights = [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync());
  const padding = all.subarray(time * 18 + 18);
  expect(padding.every((value) => value === 0)).toBe(true);
  return [[...all.subarray(0, 3 * 18), ...all.subarray(time * 18, time * 18 + 18)], ...states, ...ofWeights];
}

test("padding changes no bit of an output, a state or a gradient", async () => {
  const session = await createSession({ backend: "reference" });
  const wide = run(session, 7, Number.NaN);
  run(session, 3, 0).forEach((want, index) => {
    expect(wide[index]!).toEqualTensorBits(want);
  });
});

test("results have the same bits on every backend", async () => {
  await expectSameBits((session) => {
    const results = run(session, 4, 0);
    return results;
  });
});

test("T steps in one call equal T calls of one step, to the bit", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = make(session);
  const x = session.tensor(stream.fork("x").normal(2 * 3 * 20), [2, 3, 2, 5, 2]);
  const whole = layer.forward(x, { initialState: someState(session, 2) });
  let state = someState(session, 2);
  for (let time = 0; time < 3; time++) {
    const one = layer.forward(slice(x, 1, time, time + 1), { initialState: state });
    expect(one.output.readSync()).toEqualTensorBits(slice(whole.output, 1, time, time + 1).readSync());
    state = one.state;
  }
  expect(state.hiddenState.readSync()).toEqualTensorBits(whole.state.hiddenState.readSync());
  expect(reshape(slice(whole.output, 1, 2, 3), [2, 2, 3, 3]).readSync()).toEqualTensorBits(
    whole.state.hiddenState.readSync(),
  );
});

describe("dropout", () => {
  const places = 1000;
  const rate = 0.4;
  const context = (examples: readonly number[], step = 0) => ({
    training: true,
    step,
    examples: Int32Array.from(examples),
  });

  /**
   * A layer whose gates are, place by place, what they see: `cellState = forget * cellState + input * candidate`, linear in each. All that
   * it reads is 1, of the input for the first steps or of the hidden state before them.
   */
  async function linearLayer(seesInput: boolean) {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const layer = new ConvLstm1d(session, {
      inputSize: 1,
      hiddenSize: 1,
      kernelSize: 1,
      bias: false,
      activation: "linear",
      recurrentActivation: "linear",
      stream,
      ...(seesInput ? { inputDropoutRate: rate } : { recurrentDropoutRate: rate }),
    });
    layer
      .parameters()
      .get("weight_ih")!
      .write(new Float64Array(4).fill(Number(seesInput)));
    layer
      .parameters()
      .get("weight_hh")!
      .write(new Float64Array(4).fill(Number(!seesInput)));
    const x = session.full([2, 2, places, 1], 1);
    const initialState = { hiddenState: session.full([2, places, 1], 1), cellState: session.zeros([2, places, 1]) };
    return (steps: number, step?: ReturnType<typeof context>) => {
      const { state } = layer.forward(slice(x, 1, 0, steps), { initialState, step });
      return { hidden: state.hiddenState.readSync(), cell: state.cellState.readSync() };
    };
  }

  const shareOf = (values: ArrayLike<number>, isCounted: (value: number, at: number) => boolean) =>
    Array.from(values).filter(isCounted).length / values.length;
  const kept = 1 - rate;
  const factor = 1 / kept;

  test.each([true, false])(
    "each gate drops a share of its own and scales the rest (of the input: %s)",
    async (seesInput) => {
      const { hidden, cell } = (await linearLayer(seesInput))(1, context([0, 1]));
      for (const value of cell) expect(value === 0 || Math.abs(value - factor ** 2) < 1e-12).toBe(true);
      expect(shareOf(cell, (value) => value !== 0)).toBeCloseTo(kept ** 2, 1); // input gate and candidate
      expect(shareOf(hidden, (value) => value !== 0)).toBeCloseTo(kept ** 3, 1); // and output gate
    },
  );

  test("all steps of a sequence drop the same", async () => {
    const run = await linearLayer(true);
    const [one, two] = [run(1, context([0, 1])), run(2, context([0, 1]))];
    two.cell.forEach((value, at) => {
      const ratio = one.cell[at] === 0 ? 0 : value / one.cell[at]!;
      const wanted = one.cell[at] === 0 ? [0] : [1, 1 + factor]; // input * candidate, and forget of as much
      expect(wanted.some((sum) => Math.abs(sum - ratio) < 1e-12)).toBe(true);
    });
    expect(shareOf(two.cell, (value, at) => value !== one.cell[at])).toBeCloseTo(kept ** 3, 1);
  });

  test("what is dropped follows from the step and the example alone", async () => {
    const run = await linearLayer(false);
    const first = run(1, context([3, 7], 4)).cell;
    const turned = run(1, context([7, 3], 4)).cell;
    expect([...turned]).toEqual([...first.subarray(places), ...first.subarray(0, places)]);
    expect(run(1, context([3, 7], 5)).cell).not.toEqual(first);
    const resumed = (await linearLayer(false))(1, context([3, 7], 4)).cell;
    expect(resumed).toEqual(first);
  });

  test("nothing is dropped outside training", async () => {
    const { hidden } = (await linearLayer(true))(1);
    expect(hidden.every((value) => value === 1)).toBe(true);
  });
});

test("what does not fit is refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  const options = { inputSize: 2, hiddenSize: 1, kernelSize: 3, stream };
  const make1d = (more: object) => new ConvLstm1d(session, { ...options, ...more });
  expect(() => make1d({ kernelSize: [3, 3] })).toThrow(
    "ConvLstm1d: expected kernelSize to be a number or 1 numbers, got 2 numbers",
  );
  expect(() => make1d({ filters: 3 })).toThrow(/ConvLstm1d: expected options to be among .*, got filters/);
  expect(() => make1d({ recurrentDropoutRate: 1 })).toThrow("ConvLstm1d: expected recurrentDropoutRate");
  expect(() => make1d({}).forward(session.zeros([1, 2, 4, 3]))).toThrow(
    "ConvLstm1d: expected input of shape [batch, time, space, 2], got [1, 2, 4, 3]",
  );
  expect(() => make1d({}).forward(session.zeros([1, 2, 2, 2]))).toThrow("a grid that a window fits into, got [2]");
  expect(() => new ConvLstm2d(session, options).forward(session.zeros([1, 2, 4, 2]))).toThrow(
    "ConvLstm2d: expected input of shape [batch, time, rows, columns, 2], got [1, 2, 4, 2]",
  );
});
