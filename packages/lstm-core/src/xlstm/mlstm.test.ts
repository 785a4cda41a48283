/** The mLSTM against a plain loop of the paper's equations, and its two forms against each other; padding: test/recurrent.test.ts. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  type RecurrentState,
  Rng,
  type Session,
  square,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { checkGradients, toEqualTensorBits } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../../test/support/same-bits.ts";
import { Mlstm, type MlstmOptions, type MlstmWeights, mlstmCell } from "./mlstm.ts";

expect.extend({ toEqualTensorBits });

const sizes = { inputSize: 3, hiddenSize: 6, heads: 2, numLayers: 1, bidirectional: false, dropoutRate: 0 };
const sigmoidOf = (x: number) => 1 / (1 + Math.exp(-x));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, index) => total + x * b[index]!, 0);

/** Equations 19 to 27 without a stabilizer: hidden states of one row, step by step. */
function plainLoop(weights: MlstmWeights, heads: number, inputs: readonly (readonly number[])[]): number[][] {
  const affine = (weight: Tensor, bias: Tensor, input: readonly number[]) => {
    const [w, b] = [weight.readSync(), bias.readSync()];
    return Array.from(
      b,
      (start, row) => start + dot([...w.subarray(row * input.length, (row + 1) * input.length)], input),
    );
  };
  const hiddenSize = weights.weightIh.shape[0]! / 4;
  const size = hiddenSize / heads;
  const memories = Array.from({ length: heads }, () =>
    Array.from({ length: size }, () => new Array<number>(size).fill(0)),
  );
  const normalizers = Array.from({ length: heads }, () => new Array<number>(size).fill(0));
  return inputs.map((input) => {
    const projected = affine(weights.weightIh, weights.biasIh, input);
    const gates = affine(weights.weightGates, weights.biasGates, input);
    return memories.flatMap((memory, head) => {
      const part = (index: number) =>
        projected.slice(index * hiddenSize + head * size, index * hiddenSize + (head + 1) * size);
      const [query, key, value, output] = [part(0), part(1).map((x) => x / Math.sqrt(size)), part(2), part(3)];
      const [inputGate, forgetGate] = [Math.exp(gates[head]!), sigmoidOf(gates[heads + head]!)];
      const normalizer = normalizers[head]!;
      for (let i = 0; i < size; i++) {
        normalizer[i] = forgetGate * normalizer[i]! + inputGate * key[i]!;
        for (let j = 0; j < size; j++) memory[i]![j] = forgetGate * memory[i]![j]! + inputGate * value[i]! * key[j]!;
      }
      const weight = Math.max(Math.abs(dot(normalizer, query)), 1);
      return memory.map((row, i) => (sigmoidOf(output[i]!) * dot(row, query)) / weight);
    });
  });
}

function makeLayer(session: Session, options: Partial<MlstmOptions> = {}): Mlstm {
  const stream = new Rng(3).stream("mlstm");
  const layer = new Mlstm(session, { ...sizes, ...options, stream });
  for (const [name, parameter] of layer.parameters())
    parameter.write(stream.fork(`own ${name}`).normal(parameter.size));
  return layer;
}

const double = () => createSession({ backend: "reference", dtype: "float64" });

describe.each([1, 2, 3, 64])("in chunks of %i steps", (chunkSize) => {
  test("layers follow the paper's equations", async () => {
    const session = await double();
    const layer = makeLayer(session, { chunkSize });
    const values = new Rng(3).stream("input").normal(2 * 5 * 3);
    const { output } = layer.forward(session.tensor(values, [2, 5, 3]));
    const rows = [0, 1].map((row) =>
      Array.from({ length: 5 }, (_, time) => [...values.subarray((row * 5 + time) * 3, (row * 5 + time + 1) * 3)]),
    );
    const want = rows.flatMap((row) => plainLoop(layer.weightsOf(0), 2, row).flat());
    output.readSync().forEach((value, index) => {
      expect(value).toBeCloseTo(want[index]!, 12);
    });
  });

  test("gradients of ragged bidirectional layers agree with central differences", async () => {
    const session = await double();
    const layer = makeLayer(session, { chunkSize, hiddenSize: 4, bidirectional: true });
    const input = session.tensor(new Rng(3).stream("input").normal(36), [3, 4, 3], { requiresGrad: true });
    const loss = () => sum(square(layer.forward(input, { lengths: Int32Array.of(4, 0, 3) }).output));
    checkGradients(loss, [input, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });

  test("gradients that flow from one call to the next through the state are whole", async () => {
    const session = await double();
    const layer = makeLayer(session, { chunkSize });
    const part = (name: string, length: number) =>
      session.tensor(new Rng(3).stream(name).normal(2 * length * 3), [2, length, 3], { requiresGrad: true });
    const [first, second] = [part("first", 2), part("second", 3)];
    const loss = () => {
      const { state } = layer.forward(first);
      return sum(square(layer.forward(second, { initialState: state }).output));
    };
    checkGradients(loss, [first, second, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
  });

  test("gates of any size give finite outputs and gradients in float32", async () => {
    const session = await createSession({ backend: "reference" });
    const layer = makeLayer(session, { chunkSize });
    const values = new Rng(3)
      .stream("input")
      .normal(2 * 6 * 3)
      .map((x) => 200 * x);
    const x = session.tensor(values, [2, 6, 3], { requiresGrad: true });
    const { output } = layer.forward(x);
    const results = output.readSync();
    const gradient = denseGradient(backward(sum(square(output))).get(x)!).readSync();
    expect([...results, ...gradient].every(Number.isFinite)).toBe(true);
  });
});

test("the chunks agree with the recurrence in outputs and states, from given states and over ragged rows of both directions", async () => {
  const session = await double();
  const lengths = Int32Array.of(11, 0, 4);
  const values = new Rng(3).stream("input").normal(3 * 12 * 3);
  const run = (chunkSize: number) => {
    const layer = makeLayer(session, { chunkSize, bidirectional: true, numLayers: 2 });
    const x = session.tensor(values, [3, 12, 3]);
    const { state } = layer.forward(x);
    const result = layer.forward(x, { lengths, initialState: state });
    return [result.output, ...result.state.flatMap((s: RecurrentState) => Object.values<Tensor>({ ...s }))];
  };
  const exact = run(1).map((tensor) => tensor.readSync());
  for (const chunkSize of [4, 64]) {
    run(chunkSize).forEach((tensor, which) => {
      tensor.readSync().forEach((value, index) => {
        expect(Math.abs(value - exact[which]![index]!)).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(exact[which]![index]!)),
        );
      });
    });
  }
});

test("rows without any step keep their states and give zeros", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = makeLayer(session);
  const { state: before } = layer.forward(session.tensor(new Rng(3).stream("x").normal(12), [2, 2, 3]));
  const { output, state } = layer.forward(session.zeros([2, 3, 3]), {
    lengths: Int32Array.of(0, 0),
    initialState: before,
  });
  expect(output.readSync()).toEqualTensorBits(new Float32Array(2 * 3 * 6));
  for (const name of ["hiddenState", "memory", "normalizer", "stabilizer"] as const) {
    expect(state[0]![name].readSync()).toEqualTensorBits(before[0]![name].readSync());
  }
});

test("mlstmCell is one step of the layer", async () => {
  const session = await double();
  const layer = makeLayer(session, { chunkSize: 1 });
  const x = session.tensor(new Rng(3).stream("x").normal(6), [2, 3]);
  const { state } = layer.forward(session.tensor(new Rng(4).stream("x").normal(12), [2, 2, 3]));
  const cell = mlstmCell(layer.weightsOf(0), x, state[0]!);
  const { output } = layer.forward(session.tensor(x.readSync(), [2, 1, 3]), { initialState: state });
  expect(cell.hiddenState.readSync()).toEqualTensorBits(output.readSync());
});

test.each([1, 3])(
  "outputs, states and gradients have the same bits on every backend in chunks of %i",
  async (chunkSize) => {
    await expectSameBits((session) => {
      const layer = makeLayer(session, { chunkSize, hiddenSize: 12, heads: 3, numLayers: 2, bidirectional: true });
      const x = session.tensor(new Rng(3).stream("input").normal(3 * 7 * 3), [3, 7, 3]);
      const { output, state } = layer.forward(x, { lengths: Int32Array.of(7, 0, 4) });
      const values = [output, ...state.flatMap((last) => Object.values<Tensor>({ ...last }))].map((t) => t.readSync());
      const gradients = backward(sum(mul(output, add(output, 1))));
      const ofWeights = [...layer.parameters().values()].map((p) => denseGradient(gradients.get(p)!).readSync());
      return [...values, ...ofWeights];
    });
  },
);

test("a recurrent dropout is refused, since no step reads the hidden state", async () => {
  const session = await createSession({ backend: "reference" });
  const options = { ...sizes, stream: new Rng(1).stream("mlstm"), recurrentDropoutRate: 0.1 };
  expect(() => new Mlstm(session, options)).toThrow(/Mlstm: expected options to be among .*, got recurrentDropoutRate/);
  expect(() => makeLayer(session, { chunkSize: 0 })).toThrow("Mlstm: expected chunkSize to be an integer >= 1, got 0");
});
