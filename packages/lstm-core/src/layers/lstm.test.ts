import { add, createSession, OptionError, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test, vi } from "vitest";
import { Mgu } from "../cells/mgu.ts";

import type { StepContext } from "../module.ts";
import { Embedding } from "./embedding.ts";
import { Gru } from "./gru.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear } from "./linear.ts";
import { Lstm } from "./lstm.ts";
import { Rnn } from "./rnn.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const sizes = { inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true, dropoutRate: 0 };
const stream = new Rng(3).stream("lstm");

function inputOf(batchSize: number, seqLen: number) {
  const shape = [batchSize, seqLen, sizes.inputSize];
  return session.tensor(stream.fork("input").normal(batchSize * seqLen * sizes.inputSize), shape, {
    requiresGrad: true,
  });
}

test("gradients of a stacked bidirectional layer with ragged rows and dropout agree with central differences", () => {
  const layer = new Lstm(session, { ...sizes, hiddenSize: 2, dropoutRate: 0.3, stream });
  const input = inputOf(3, 3);
  const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
  const loss = () => {
    const { output, state } = layer.forward(input, { lengths: Int32Array.of(3, 0, 2), step });
    return add(sum(square(output)), sum(square(state[1]!.cellState)));
  };
  checkGradients(loss, [input, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("parameters have PyTorch's names, shapes and order", () => {
  const layer = new Lstm(session, { ...sizes, stream });
  const shapes = [...layer.parameters()].map(([name, tensor]) => `${name} [${tensor.shape.join(", ")}]`);
  expect(shapes).toEqual([
    "weight_ih_l0 [16, 3]",
    "weight_hh_l0 [16, 4]",
    "bias_ih_l0 [16]",
    "bias_hh_l0 [16]",
    "weight_ih_l0_reverse [16, 3]",
    "weight_hh_l0_reverse [16, 4]",
    "bias_ih_l0_reverse [16]",
    "bias_hh_l0_reverse [16]",
    "weight_ih_l1 [16, 8]",
    "weight_hh_l1 [16, 4]",
    "bias_ih_l1 [16]",
    "bias_hh_l1 [16]",
    "weight_ih_l1_reverse [16, 8]",
    "weight_hh_l1_reverse [16, 4]",
    "bias_ih_l1_reverse [16]",
    "bias_hh_l1_reverse [16]",
  ]);
});

test("T steps in one call equal T calls of one step, to the bit, dropout between layers included", () => {
  const layer = new Lstm(session, { ...sizes, bidirectional: false, dropoutRate: 0.5, stream });
  const input = inputOf(2, 3).readSync();
  const step: StepContext = { training: true, step: 9, examples: Int32Array.of(1, 6) };
  const whole = layer.forward(session.tensor(input, [2, 3, 3]), { step }).output.readSync();
  let state: ReturnType<Lstm["forward"]>["state"] | undefined;
  for (let time = 0; time < 3; time++) {
    const current = [0, 1].flatMap((row) => [...input.slice((row * 3 + time) * 3, (row * 3 + time + 1) * 3)]);
    const result = layer.forward(session.tensor(current, [2, 1, 3]), { initialState: state, step, timeOffset: time });
    state = result.state;
    [0, 1].forEach((row) => {
      const expected = whole.slice((row * 3 + time) * 4, (row * 3 + time + 1) * 4);
      expect(result.output.readSync().slice(row * 4, row * 4 + 4)).toEqual(expected);
    });
  }
});

test("the same stream makes the same weights, another stream makes others", () => {
  const weights = (name: string) =>
    [...new Lstm(session, { ...sizes, stream: new Rng(3).stream(name) }).parameters().values()][0]!.readSync();
  expect(weights("a")).toEqual(weights("a"));
  expect(weights("a")).not.toEqual(weights("b"));
});

test("the forget gate starts with a bias of 1", () => {
  const { biasIh, biasHh } = new Lstm(session, { ...sizes, stream }).weightsOf(1, 1);
  expect([...biasIh.readSync()]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect([...biasHh.readSync()]).toEqual(new Array(16).fill(0));
});

test("sizes outside their range and states that do not fit are refused", () => {
  expect(() => new Lstm(session, { ...sizes, hiddenSize: 0, stream })).toThrow(
    "Lstm: expected hiddenSize to be an integer >= 1, got 0",
  );
  expect(() => new Lstm(session, { ...sizes, dropoutRate: 1, stream })).toThrow("a rate in [0, 1), got 1");
  const layer = new Lstm(session, { ...sizes, stream });
  expect(() => layer.forward(session.zeros([1, 1, 5]))).toThrow(
    "Lstm: expected input of shape [batch, time, 3], got [1, 1, 5]",
  );
  expect(() => layer.forward(inputOf(1, 1), { initialState: [] })).toThrow(
    "Lstm: expected initialState to be 4 states, got 0 states",
  );
  expect(() => layer.weightsOf(2)).toThrow("Lstm: expected layer and direction to be below 2 and 2, got 2 and 0");
});

test.each([Lstm, Gru, Rnn, Mgu, Linear, Embedding, LayerNorm])("%o refuses an option that it would ignore", (Layer) => {
  const given = { vocabSize: 3, embeddingSize: 2, size: 2, ...sizes, stream };
  // as plain JavaScript may call it
  const construct = () => new (Layer as unknown as new (...args: unknown[]) => unknown)(session, { ...given, gain: 2 });
  expect(construct).toThrow(OptionError);
  expect(construct).toThrow(/^\w+: expected options to be among .*stream.*, got \w+/);
});

test("an option of another kind is named: an LSTM does not reset", () => {
  const options = { ...sizes, stream, resetAfter: true };
  expect(() => new Lstm(session, options)).toThrow(
    "Lstm: expected options to be among inputSize, hiddenSize, numLayers, bidirectional, mergeMode, readingOrder, " +
      "inputDropoutRate, dropoutRate, variationalDropout, recurrentDropoutRate, residual, highway, initializers, activationPenalty, temporalActivationPenalty, stream, bias, activation, recurrentActivation, projectionSize, peepholes, " +
      "gateLayerNorm, cellClip, zoneoutRate, weightDropRate, got resetAfter",
  );
});

test("dropout that does nothing because there is one layer is said once", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  for (let i = 0; i < 2; i++) new Lstm(session, { ...sizes, numLayers: 1, dropoutRate: 0.25, stream });
  new Lstm(session, { ...sizes, dropoutRate: 0.25, stream });
  expect(warn.mock.calls).toEqual([
    ["Lstm: dropoutRate 0.25 does nothing with numLayers 1, since it acts between layers"],
  ]);
  warn.mockRestore();
});
