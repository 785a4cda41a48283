/** The sLSTM against a plain loop of the paper's equations, its gradients and bits; padding and single steps: test/recurrent.test.ts. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  Rng,
  type Session,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { expectSameBits } from "../../test/support/same-bits.ts";
import type { StepContext } from "../module.ts";
import { Slstm } from "./slstm.ts";
import { type SlstmWeights, slstmCell } from "./slstm-cell.ts";

expect.extend({ toEqualTensorBits });

const sizes = { numLayers: 1, bidirectional: false, dropoutRate: 0 };
const sigmoidOf = (x: number) => 1 / (1 + Math.exp(-x));

/** Equations 8 to 14 without a stabilizer: hidden states of one row, step by step, one number a unit. */
function plainLoop({ weightIh, weightHh, biasIh }: SlstmWeights, inputs: readonly (readonly number[])[]): number[][] {
  const [wIh, wHh, b] = [weightIh, weightHh, biasIh].map((tensor) => tensor.readSync());
  const [rows, inputSize] = weightIh.shape as [number, number];
  const headSize = weightHh.shape[1]!;
  const hiddenSize = rows / 4;
  let hidden = new Array<number>(hiddenSize).fill(0);
  const cell = new Array<number>(hiddenSize).fill(0);
  const normalizer = new Array<number>(hiddenSize).fill(0);
  return inputs.map((input) => {
    const before = hidden;
    hidden = before.map((_, unit) => {
      const head = Math.floor(unit / headSize);
      const pre = (gate: number) => {
        const row = gate * hiddenSize + unit;
        let total = b![row]!;
        for (let j = 0; j < inputSize; j++) total += wIh![row * inputSize + j]! * input[j]!;
        for (let j = 0; j < headSize; j++) total += wHh![row * headSize + j]! * before[head * headSize + j]!;
        return total;
      };
      const [inputGate, forgetGate] = [Math.exp(pre(0)), sigmoidOf(pre(1))];
      cell[unit] = forgetGate * cell[unit]! + inputGate * Math.tanh(pre(2));
      normalizer[unit] = forgetGate * normalizer[unit]! + inputGate;
      return (sigmoidOf(pre(3)) * cell[unit]!) / normalizer[unit]!;
    });
    return hidden;
  });
}

async function makeLayer(heads: number, session?: Session) {
  const own = session ?? (await createSession({ backend: "reference", dtype: "float64" }));
  const stream = new Rng(3).stream("slstm");
  const layer = new Slstm(own, { ...sizes, inputSize: 3, hiddenSize: 4, heads, stream });
  for (const [name, parameter] of layer.parameters()) parameter.write(stream.fork(`${name}!`).normal(parameter.size));
  return { session: own, stream, layer };
}

test.each([1, 2, 4])("layers with %i heads follow the paper's equations", async (heads) => {
  const { session, stream, layer } = await makeLayer(heads);
  const values = stream.fork("input").normal(2 * 5 * 3);
  const { output } = layer.forward(session.tensor(values, [2, 5, 3]));
  const rows = [0, 1].map((row) =>
    Array.from({ length: 5 }, (_, time) => [...values.subarray((row * 5 + time) * 3, (row * 5 + time + 1) * 3)]),
  );
  const want = rows.flatMap((row) => plainLoop(layer.weightsOf(0), row).flat());
  output.readSync().forEach((value, index) => {
    expect(value).toBeCloseTo(want[index]!, 12);
  });
});

test("slstmCell is one step of the layer", async () => {
  const { session, stream, layer } = await makeLayer(2);
  const x = session.tensor(stream.fork("input").normal(6), [2, 3]);
  const start = layer.startState(session.tensor(stream.fork("hidden").normal(8), [2, 4]));
  const cell = slstmCell(layer.weightsOf(0), x, start);
  const { output } = layer.forward(session.tensor(x.readSync(), [2, 1, 3]), { initialState: [start] });
  expect(cell.hiddenState.readSync()).toEqualTensorBits(output.readSync());
});

test("gradients of ragged bidirectional layers with dropout agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const stream = new Rng(3).stream("slstm");
  const options = { ...sizes, inputSize: 3, hiddenSize: 4, heads: 2, numLayers: 2, bidirectional: true, stream };
  const layer = new Slstm(session, { ...options, dropoutRate: 0.3, recurrentDropoutRate: 0.3 });
  const input = session.tensor(stream.fork("input").normal(27), [3, 3, 3], { requiresGrad: true });
  const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
  const loss = () => sum(square(layer.forward(input, { lengths: Int32Array.of(3, 0, 2), step }).output));
  checkGradients(loss, [input, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("gradients that flow from one call to the next through the state are whole, though none passes through the stabilizer", async () => {
  const { session, stream, layer } = await makeLayer(2);
  const part = (name: string, length: number) =>
    session.tensor(stream.fork(name).normal(2 * length * 3), [2, length, 3], { requiresGrad: true });
  const [first, second] = [part("first", 2), part("second", 3)];
  const loss = () => {
    const { state } = layer.forward(first);
    return sum(square(layer.forward(second, { initialState: state }).output));
  };
  checkGradients(loss, [first, second, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("gates of any size give finite outputs and gradients in float32", async () => {
  const { session, stream, layer } = await makeLayer(2, await createSession({ backend: "reference" }));
  const values = stream
    .fork("input")
    .normal(2 * 6 * 3)
    .map((x) => 200 * x);
  const x = session.tensor(values, [2, 6, 3], { requiresGrad: true });
  const { output } = layer.forward(x);
  const results = output.readSync();
  const gradient = denseGradient(backward(sum(square(output))).get(x)!).readSync();
  expect([...results, ...gradient].every(Number.isFinite)).toBe(true);
  expect(results.every((value) => Math.abs(value) <= 1)).toBe(true);
});

test("outputs, states and gradients have the same bits on every backend", async () => {
  await expectSameBits((session) => {
    const stream = new Rng(8).stream("slstm");
    const options = { ...sizes, inputSize: 5, hiddenSize: 12, heads: 3, numLayers: 2, bidirectional: true };
    const layer = new Slstm(session, { ...options, stream });
    const x = session.tensor(stream.fork("input").normal(3 * 7 * 5), [3, 7, 5]);
    const { output, state } = layer.forward(x, { lengths: Int32Array.of(7, 0, 4) });
    const values = [output, ...state.flatMap((last) => Object.values<Tensor>({ ...last }))].map((t) => t.readSync());
    const gradients = backward(sum(mul(output, add(output, 1))));
    const ofWeights = [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync());
    return [...values, ...ofWeights];
  });
});

test("heads that do not divide the units are refused, and there are 4 by default where they do", async () => {
  const session = await createSession({ backend: "reference" });
  const make = (hiddenSize: number, heads?: number) =>
    new Slstm(session, { ...sizes, inputSize: 2, hiddenSize, heads, stream: new Rng(1).stream("heads") });
  expect(() => make(6, 4)).toThrow("Slstm: expected heads to be an integer >= 1 that divides hiddenSize 6, got 4");
  expect([8, 6, 5].map((size) => make(size).weightsOf(0).weightHh.shape[1])).toEqual([2, 2, 5]);
});
