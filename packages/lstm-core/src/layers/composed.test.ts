import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  type RecurrentState,
  Rng,
  type Session,
  slice,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import "../../test/matchers.ts";
import { checkGradients } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { gruCell } from "../cells/gru-cell.ts";
import { lstmCell } from "../cells/lstm-cell.ts";
import { rnnCell } from "../cells/rnn-cell.ts";
import { gruGates, lstmGates } from "../initializers/per-gate.ts";
import { loadStateDict, type StepContext, stateDict } from "../module.ts";
import { composedKind } from "./composed.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import { RecurrentLayers } from "./recurrent.ts";
import type { RecurrentModule } from "./recurrent-module.ts";
import type { RecurrentLayerOptions } from "./recurrent-options.ts";
import { Rnn } from "./rnn.ts";
import { stackedWeights } from "./stacked-weights.ts";

const sizes = { inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true };
const [batchSize, seqLen] = [5, 4];
/** Ragged: a whole row, an empty one, equal ones, and the longest neither first nor last. */
const lengths = Int32Array.of(2, 4, 0, 2, 3);
const step: StepContext = { training: true, step: 3, examples: Int32Array.of(7, 1, 2, 9, 4) };
const stream = new Rng(3).stream("composed");

interface Pair {
  readonly composed: RecurrentModule;
  readonly fused: RecurrentModule;
}

/** Layers by a cell and by the fused op, with the same weights. */
const pairs: Record<string, (session: Session, options: RecurrentLayerOptions) => Pair> = {
  lstm: (session, options) => {
    const kindOf = (stateSize: number) =>
      composedKind({
        name: "Walk",
        stateSize,
        makeWeights: stackedWeights(lstmGates, stateSize),
        startState: (hiddenState: Tensor) => ({ hiddenState, cellState: session.zeros(hiddenState.shape) }),
        cell: lstmCell,
      });
    return { composed: new RecurrentLayers(session, kindOf, options), fused: new Lstm(session, options) };
  },
  gru: (session, options) => {
    const kindOf = (stateSize: number) =>
      composedKind({
        name: "Walk",
        stateSize,
        makeWeights: stackedWeights(gruGates, stateSize),
        startState,
        cell: gruCell,
      });
    return { composed: new RecurrentLayers(session, kindOf, options), fused: new Gru(session, options) };
  },
  rnn: (session, options) => {
    const kindOf = (stateSize: number) =>
      composedKind({
        name: "Walk",
        stateSize,
        makeWeights: stackedWeights(["hidden"], stateSize),
        startState,
        cell: rnnCell,
      });
    return { composed: new RecurrentLayers(session, kindOf, options), fused: new Rnn(session, options) };
  },
};
const startState = (hiddenState: Tensor): RecurrentState => ({ hiddenState });

function makePair(session: Session, kind: string, changes: Partial<RecurrentLayerOptions> = {}): Pair {
  const options = { ...sizes, dropoutRate: 0.3, recurrentDropoutRate: 0.4, stream, ...changes };
  const pair = pairs[kind]!(session, options);
  loadStateDict(pair.composed, stateDict(pair.fused));
  return pair;
}

const tensorsOf = (states: readonly RecurrentState[]) => states.flatMap((state) => Object.values<Tensor>({ ...state }));

/** The rows `lengths` of inputs, padded with `filler` to `time` steps. */
function inputOf(session: Session, time = seqLen, filler = 0): Tensor {
  const { inputSize } = sizes;
  const values = stream.fork("input").normal(batchSize * seqLen * inputSize);
  const data = new Float64Array(batchSize * time * inputSize).fill(filler);
  lengths.forEach((length, row) => {
    const from = row * seqLen * inputSize;
    data.set(values.subarray(from, from + length * inputSize), row * time * inputSize);
  });
  return session.tensor(data, [batchSize, time, inputSize], { requiresGrad: true });
}

/** First states of all layers and directions, drawn; parameters, so that they get gradients. */
function initialOf(session: Session, layer: RecurrentModule): RecurrentState[] {
  const start = layer.startState(session.zeros([batchSize, layer.stateSize]));
  return Array.from({ length: layer.numLayers * layer.directions }, (_, index) => {
    const tensors = Object.entries<Tensor>({ ...start }).map(([name, { shape, size }]) => {
      const values = stream.fork(`${name} ${index}`).normal(size);
      return [name, session.tensor(values, shape, { requiresGrad: true })] as const;
    });
    const { hiddenState, ...others } = Object.fromEntries(tensors);
    return { hiddenState: hiddenState!, ...others };
  });
}

/** Outputs, states and all gradients of a walk. */
function run(session: Session, layer: RecurrentModule, input: Tensor) {
  const initialState = initialOf(session, layer);
  const { output, state } = layer.forward(input, { lengths, initialState, step });
  const results = [output, ...tensorsOf(state)];
  const weigh = (tensor: Tensor, index: number) => {
    const values = stream.fork(`factor ${index}`).normal(batchSize * layer.outputSize * seqLen);
    return sum(mul(tensor, session.tensor(values.subarray(0, tensor.size), tensor.shape)));
  };
  const values = results.map((tensor) => tensor.readSync());
  const gradients = backward(results.map(weigh).reduce(add));
  const leaves = [...layer.parameters().values(), ...tensorsOf(initialState), input];
  return { values, gradients: leaves.map((leaf) => denseGradient(gradients.get(leaf)!).readSync()) };
}

describe.each(Object.keys(pairs))("a walk by the cell of %s", (kind) => {
  test.each([
    { dtype: "float64", digits: 12 },
    { dtype: "float32", digits: 5 }, // the same formula with sums in another order
  ] as const)(
    "equals the fused layers within the rounding of $dtype, gradients included",
    async ({ dtype, digits }) => {
      const session = await createSession({ backend: "reference", dtype });
      const { composed, fused } = makePair(session, kind);
      const got = run(session, composed, inputOf(session));
      const want = run(session, fused, inputOf(session));
      for (const part of ["values", "gradients"] as const) {
        expect(got[part]).toHaveLength(want[part].length);
        got[part].forEach((numbers, index) => {
          expect(numbers).toHaveLength(want[part][index]!.length);
          numbers.forEach((value, at) => {
            expect(value, `${part} ${index}, element ${at}`).toBeCloseTo(want[part][index]![at]!, digits);
          });
        });
      }
    },
  );

  test("has gradients that agree with central differences", async () => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const { composed } = makePair(session, kind, { hiddenSize: 2, numLayers: 1 });
    const input = inputOf(session);
    const initialState = initialOf(session, composed);
    const loss = () => {
      const { output, state } = composed.forward(input, { lengths, initialState, step });
      return [output, ...tensorsOf(state)].map((tensor) => sum(mul(tensor, tensor))).reduce(add);
    };
    const leaves = [input, ...tensorsOf(initialState), ...composed.parameters().values()];
    checkGradients(loss, leaves, { eps: 1e-5, rtol: 1e-6 });
  });

  test("never reads padding, and more of it changes no bit", async () => {
    const session = await createSession({ backend: "reference" });
    const { composed } = makePair(session, kind);
    const forward = (time: number, filler: number) => {
      const { output, state } = composed.forward(inputOf(session, time, filler), { lengths, step });
      const width = composed.outputSize;
      const values = output.readSync();
      const rows = Array.from(lengths, (length, row) => ({
        real: values.slice(row * time * width, (row * time + length) * width),
        padding: values.slice((row * time + length) * width, (row + 1) * time * width),
      }));
      const states = tensorsOf(state).map((tensor) => tensor.readSync());
      const gradients = backward(sum(mul(output, output)));
      const ofWeights = [...composed.parameters().values()].map((w) => denseGradient(gradients.get(w)!).readSync());
      return { rows, numbers: [...rows.map(({ real }) => real), ...states, ...ofWeights] };
    };
    const [tight, wide] = [forward(seqLen, 0), forward(seqLen + 3, Number.NaN)];
    tight.numbers.forEach((want, index) => {
      expect(wide.numbers[index]!).toEqualTensorBits(want);
    });
    for (const { padding } of [...tight.rows, ...wide.rows])
      expect([...padding].every((value) => value === 0)).toBe(true);
  });

  test("in one call equals calls of one step, to the bit", async () => {
    const session = await createSession({ backend: "reference" });
    const { composed } = makePair(session, kind, { bidirectional: false });
    const input = inputOf(session);
    const whole = composed.forward(input, { step }).output;
    let initialState: readonly RecurrentState[] | undefined;
    for (let time = 0; time < seqLen; time++) {
      const current = slice(input, 1, time, time + 1);
      const result = composed.forward(current, { initialState, step, timeOffset: time });
      initialState = result.state;
      expect(result.output).toEqualTensorBits(slice(whole, 1, time, time + 1));
    }
  });

  test("of a batch equals walks of its rows alone, to the bit", async () => {
    const session = await createSession({ backend: "reference" });
    const { composed } = makePair(session, kind);
    const input = inputOf(session);
    const together = composed.forward(input, { lengths, step }).output;
    lengths.forEach((length, row) => {
      const x = slice(input, 0, row, row + 1);
      const own = { ...step, examples: step.examples.subarray(row, row + 1) };
      const alone = composed.forward(x, { lengths: Int32Array.of(length), step: own }).output;
      expect(alone).toEqualTensorBits(slice(together, 0, row, row + 1));
    });
  });

  test("leaves the state of an empty row as it was", async () => {
    const session = await createSession({ backend: "reference" });
    const { composed } = makePair(session, kind);
    const initialState = initialOf(session, composed);
    const { state } = composed.forward(inputOf(session), { lengths, initialState, step });
    const [emptyRow, width] = [2, composed.stateSize];
    tensorsOf(state).forEach((tensor, index) => {
      const before = tensorsOf(initialState)[index]!.readSync();
      expect(tensor.readSync().slice(emptyRow * width, (emptyRow + 1) * width)).toEqual(
        before.slice(emptyRow * width, (emptyRow + 1) * width),
      );
    });
  });

  test("of nothing but padding gives zeros, and gradients of zero", async () => {
    const session = await createSession({ backend: "reference" });
    const { composed } = makePair(session, kind);
    const empty = new Int32Array(batchSize);
    const { output } = composed.forward(inputOf(session, seqLen, Number.NaN), { lengths: empty, step });
    expect(output.readSync().every((value) => value === 0)).toBe(true);
    const gradients = backward(sum(output));
    for (const weight of composed.parameters().values()) {
      expect(
        denseGradient(gradients.get(weight)!)
          .readSync()
          .every((value) => value === 0),
      ).toBe(true);
    }
  });
});

test("lengths and inputs that do not fit are refused by the name of the kind", async () => {
  const session = await createSession({ backend: "reference" });
  const { composed } = makePair(session, "gru");
  const walked = makePair(session, "lstm").composed;
  const states = (state: RecurrentState) => ({ initialState: new Array(4).fill(state) });
  expect(() => walked.forward(session.zeros([2, 4, 3]), states({ hiddenState: session.zeros([2, 4]) }))).toThrow(
    "Walk: expected initialState.cellState of shape [2, 4], got none",
  );
  expect(() => composed.forward(session.zeros([2, 4, 3]), states({ hiddenState: session.zeros([3, 4]) }))).toThrow(
    "Walk: expected initialState.hiddenState of shape [2, 4], got [3, 4]",
  );
  const refuse = (x: Tensor, given?: Int32Array) => () => composed.forward(x, { lengths: given });
  expect(refuse(session.zeros([2, 3]))).toThrow("Walk: expected input of shape [batch, time, 3], got [2, 3]");
  expect(refuse(session.zeros([2, 4, 3]), Int32Array.of(1))).toThrow("Walk: expected 2 lengths, got 1");
  expect(refuse(session.zeros([2, 4, 3]), Int32Array.of(1, 5))).toThrow(
    "Walk: expected lengths in [0, 4], got 5 in row 1",
  );
});
