import {
  add,
  createSession,
  gru,
  type LstmOptions,
  type LstmWeights,
  lstm,
  type RecurrentOptions,
  type RecurrentState,
  type RecurrentWeights,
  Rng,
  reshape,
  rnn,
  type Session,
  slice,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { gruCell } from "./gru-cell.ts";
import { lstmCell } from "./lstm-cell.ts";
import { rnnCell } from "./rnn-cell.ts";

const [batchSize, seqLen, inputSize, hiddenSize] = [2, 4, 3, 5];
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

function draw(name: string, shape: readonly number[], requiresGrad = true): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return session.tensor(new Rng(7).stream(name).normal(size), shape, { requiresGrad });
}

const weightsOf = (gates: number, stateSize = hiddenSize): RecurrentWeights => ({
  weightIh: draw("weightIh", [gates * hiddenSize, inputSize]),
  weightHh: draw("weightHh", [gates * hiddenSize, stateSize]),
  biasIh: draw("biasIh", [gates * hiddenSize]),
  biasHh: draw("biasHh", [gates * hiddenSize]),
});

const maskOf = (size: number) =>
  session.tensor(new Rng(7).stream("mask").uniform(batchSize * size, 0, 2), [batchSize, size]);

/** Expects a walk of single steps to give what the fused op gives for the whole sequence, within float64 rounding. */
function expectSameWalk<State extends RecurrentState>(
  whole: { readonly output: Tensor },
  initial: State,
  step: (current: Tensor, state: State) => State,
): void {
  const input = draw("input", [batchSize, seqLen, inputSize], false);
  const fused = whole.output.readSync();
  let state = initial;
  for (let time = 0; time < seqLen; time++) {
    state = step(reshape(slice(input, 1, time, time + 1), [batchSize, inputSize]), state);
    const width = state.hiddenState.shape[1]!;
    state.hiddenState.readSync().forEach((value, index) => {
      const row = Math.floor(index / width);
      expect(fused[(row * seqLen + time) * width + (index % width)]).toBeCloseTo(value, 12);
    });
  }
}

describe.each([
  ["gruCell", 3, gru, gruCell],
  ["rnnCell with tanh", 1, rnn, rnnCell],
  [
    "rnnCell with relu",
    1,
    (x: Tensor, weights: RecurrentWeights, options: RecurrentOptions) =>
      rnn(x, weights, { ...options, activation: "relu" }),
    (weights: RecurrentWeights, x: Tensor, state: RecurrentState, options: object) =>
      rnnCell(weights, x, state, { ...options, activation: "relu" }),
  ],
] as const)("%s", (_, gates, op, cell) => {
  test.each([false, true])("a walk equals the fused layer, recurrent dropout %s", (drops) => {
    const weights = weightsOf(gates);
    const initialState = { hiddenState: draw("hidden", [batchSize, hiddenSize]) };
    const options = { recurrentDropoutMask: drops ? maskOf(hiddenSize) : undefined };
    const whole = op(draw("input", [batchSize, seqLen, inputSize], false), weights, { ...options, initialState });
    expectSameWalk(whole, initialState, (current, state) => cell(weights, current, state, options));
  });

  test("gradients agree with central differences", () => {
    const weights = weightsOf(gates);
    const previous = { hiddenState: draw("hidden", [batchSize, hiddenSize]) };
    const input = draw("step", [batchSize, inputSize]);
    const loss = () => sum(square(cell(weights, input, previous, {}).hiddenState));
    checkGradients(loss, [input, previous.hiddenState, ...Object.values(weights)], { eps: 1e-5, rtol: 1e-6 });
  });
});

describe("lstmCell", () => {
  const projSize = 2;
  const norm = () => ({
    gainIh: draw("gainIh", [4 * hiddenSize]),
    gainHh: draw("gainHh", [4 * hiddenSize]),
    gainCell: draw("gainCell", [hiddenSize]),
    biasCell: draw("biasCell", [hiddenSize]),
  });
  type Variant = { readonly weights?: () => Partial<LstmWeights>; readonly options?: () => LstmOptions };
  const projected = () => ({
    weightHr: draw("weightHr", [projSize, hiddenSize]),
    weightHh: draw("weightHh", [4 * hiddenSize, projSize]),
  });
  const variants: Record<string, Variant> = {
    "recurrent dropout": { options: () => ({ recurrentDropoutMask: maskOf(hiddenSize) }) },
    "a projection": { weights: projected },
    peepholes: { weights: () => ({ peepholes: draw("peepholes", [3 * hiddenSize]) }) },
    "layer normalization": { weights: () => ({ norm: norm() }) },
    "a cell clip": { options: () => ({ cellClip: 0.3 }) },
    relu: { options: () => ({ activation: "relu" }) },
    everything: {
      weights: () => ({ ...projected(), peepholes: draw("peepholes", [3 * hiddenSize]), norm: norm() }),
      options: () => ({ recurrentDropoutMask: maskOf(projSize), cellClip: 0.3 }),
    },
  };

  test.each(Object.entries(variants))("a walk with %s equals the fused layer", (_, variant) => {
    const weights = { ...weightsOf(4), ...variant.weights?.() };
    const options = variant.options?.() ?? {};
    const stateSize = weights.weightHh.shape[1]!;
    const initialState = {
      hiddenState: draw("hidden", [batchSize, stateSize]),
      cellState: draw("cell", [batchSize, hiddenSize]),
    };
    const whole = lstm(draw("input", [batchSize, seqLen, inputSize], false), weights, { ...options, initialState });
    expectSameWalk(whole, initialState, (current, state) => lstmCell(weights, current, state, options));
  });

  test("no cell state leaves the clip, and some are at it", () => {
    const weights = weightsOf(4);
    const { cellState } = lstm(draw("input", [batchSize, seqLen, inputSize], false), weights, { cellClip: 0.3 });
    const magnitudes = [...cellState.readSync()].map(Math.abs);
    expect(Math.max(...magnitudes)).toBe(0.3);
    expect(magnitudes.some((magnitude) => magnitude < 0.3)).toBe(true);
  });

  test("options outside their range and tensors that do not fit are refused", () => {
    const input = draw("input", [batchSize, seqLen, inputSize], false);
    expect(() => lstm(input, weightsOf(4), { cellClip: 0 })).toThrow("lstm: expected a cellClip above 0, got 0");
    expect(() => lstm(input, { ...weightsOf(4), peepholes: draw("peepholes", [5]) })).toThrow(
      "lstm: expected peepholes of shape [15], got [5]",
    );
    expect(() => gru(input, weightsOf(4))).toThrow("gru: expected weightIh of shape [15, 3], got [20, 3]");
    expect(() => rnn(input, weightsOf(1), { recurrentDropoutMask: maskOf(3) })).toThrow(
      "rnn: expected recurrentDropoutMask of shape [2, 5], got [2, 3]",
    );
  });

  test("gradients with everything agree with central differences", () => {
    const { weights: extras, options } = variants.everything!;
    const weights = { ...weightsOf(4), ...extras!() };
    const previous = {
      hiddenState: draw("hidden", [batchSize, projSize]),
      cellState: draw("cell", [batchSize, hiddenSize]),
    };
    const input = draw("step", [batchSize, inputSize]);
    const loss = () => {
      const { hiddenState, cellState } = lstmCell(weights, input, previous, options!());
      return add(sum(square(hiddenState)), sum(square(cellState)));
    };
    const { norm: gains, ...plain } = weights;
    checkGradients(loss, [input, ...(Object.values({ ...plain, ...gains }) as Tensor[])], { eps: 1e-5, rtol: 1e-6 });
  });
});
