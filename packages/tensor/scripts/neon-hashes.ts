/** Prints a hash of what each kind of kernel gives, forward and backward, on the native backend of this processor. */
import { createHash } from "node:crypto";
import * as t from "../src/index.ts";
import { binaryOps, poolKinds, unaryOps } from "../test/elementwise-ops.ts";

const session = await t.createSession({ backend: "native", threads: 2 });
const stream = new t.Rng(1).stream("neon");
const parameters: t.Tensor[] = [];
let made = 0;

function make(shape: readonly number[], scale = 1): t.Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = stream.fork(`${made++}`).normal(size);
  const scaled = values.map((value) => value * scale);
  const parameter = session.tensor(scaled, shape, { requiresGrad: true });
  parameters.push(parameter);
  return parameter;
}

const lengths = Int32Array.of(9, 0, 4, 7, 9);

function recurrentWeights(gates: number, stateSize = 37): t.RecurrentWeights {
  const weightIh = make([gates * 37, 21], 0.3);
  const weightHh = make([gates * 37, stateSize], 0.3);
  return { weightIh, weightHh, biasIh: make([gates * 37]), biasHh: make([gates * 37]) };
}

function lstm(reverse: boolean): t.Tensor[] {
  return lstmTensors(t.lstm(make([5, 9, 21]), recurrentWeights(4), { lengths, reverse }));
}

/** An LSTM with all of its variants. */
function extendedLstm(): t.Tensor[] {
  const weights: t.LstmWeights = {
    ...recurrentWeights(4, 19),
    weightHr: make([19, 37], 0.3),
    peepholes: make([3 * 37]),
    norm: { gainIh: make([4 * 37]), gainHh: make([4 * 37]), gainCell: make([37]), biasCell: make([37]) },
  };
  return lstmTensors(t.lstm(make([5, 9, 21]), weights, { lengths, cellClip: 0.7 }));
}

function lstmTensors({ output, hiddenState, cellState }: t.LstmOutput): t.Tensor[] {
  return [output, hiddenState, cellState];
}

/** Ids below 50. */
const ids = session.tensor(Int32Array.of(3, 0, 49, 3, 7, 1), [2, 3], { dtype: "int32" });

/** A function of small and of large arguments, above 0 where it is defined there: processors do not agree on the bits of NaN. */
function values(op: (x: t.Tensor) => t.Tensor, isOfPositive: boolean): t.Tensor[] {
  return [3, 30].map((scale) => make([1003], scale)).map((x) => op(isOfPositive ? t.square(x) : x));
}

/** A function of two tensors, times both so that gradients flow where it is a comparison. */
function between(op: (a: t.Tensor, b: t.Tensor) => t.Tensor): t.Tensor[] {
  const [a, b] = [make([19, 37]), make([37])];
  const result = op(a, b);
  return [result, t.mul(t.mul(result, a), b)];
}

const cases: Readonly<Record<string, () => readonly t.Tensor[]>> = {
  ...Object.fromEntries(unaryOps.map(({ name, op, range }) => [name, () => values(op, range[0] > 0)])),
  ...Object.fromEntries(binaryOps.map(({ name, op }) => [name, () => between(op)])),
  reductions: () => [t.sum(make([9, 333]), 1), t.mean(make([9, 333]), 0), t.max(make([9, 333]), 1)],
  matmul: () => [t.matmul(make([67, 300]), make([300, 71])), t.matmul(make([3, 5, 7]), make([3, 7, 9]))],
  linear: () => [t.linear(make([70, 33]), make([129, 33]), make([129]))],
  softmax: () => [t.softmax(make([9, 77], 4)), t.logSoftmax(make([9, 77], 4))],
  crossEntropy: () => [t.crossEntropy(make([4, 50], 3), Int32Array.of(3, -1, 49, 0), { labelSmoothing: 0.1 })],
  linearCrossEntropy: () => {
    const [x, weight, bias] = [make([70, 33]), make([129, 33]), make([129])];
    const targets = Int32Array.from({ length: 70 }, (_, row) => ((row * 7) % 130) - 1);
    return [t.linearCrossEntropy(x, weight, targets, { bias, labelSmoothing: 0.1 })];
  },
  lstm: () => [...lstm(false), ...lstm(true)],
  extendedLstm,
  gru: () => Object.values(t.gru(make([5, 9, 21]), recurrentWeights(3), { lengths })),
  rnn: () => Object.values(t.rnn(make([5, 9, 21]), recurrentWeights(1), { lengths, reverse: true })),
  layerNorm: () => [t.layerNorm(make([9, 77]), make([77]), make([77]))],
  embedding: () => [t.embedding(make([50, 19]), ids), t.gatherRows(make([9, 33]), Int32Array.of(8, 0, 8))],
  choices: () => {
    const [a, b] = [make([19, 37]), make([19, 37])];
    const rows = t.likeliest(a, b).readSync() as Int32Array;
    return [
      t.gatherRows(a, rows),
      t.where(t.greater(a, b), a, b),
      t.topK(a, 5).values,
      t.maximum(a, b),
      t.clamp(a, -0.5, 1),
    ];
  },
  moving: () => {
    const x = make([5, 9, 33]);
    return [t.transpose(x, [2, 0, 1]), t.concat([x, x], 2), t.slice(x, 1, 2, 7), t.cumsum(x, 1)];
  },
  dropout: () => {
    const address = { stream: new t.Rng(4).stream("dropout"), step: 2, examples: Int32Array.of(0, 1, 2, 3, 4) };
    return [t.dropout(make([5, 9, 33]), 0.4, address)];
  },
  attention: () => {
    const memory = make([5, 9, 30]);
    const { context, weights } = t.attend(make([5, 30]), memory, memory, lengths, {
      kind: "additive",
      energy: make([30]),
    });
    return [context, weights];
  },
  attentionalLstm: () => {
    const weightIh = make([4 * 37, 21 + 20], 0.3);
    const lstm = { weightIh, weightHh: make([4 * 37, 37], 0.3), biasIh: make([4 * 37]), biasHh: make([4 * 37]) };
    const weights = { lstm, query: make([30, 37], 0.3), energy: make([30]), combine: make([20, 33 + 37], 0.3) };
    const state = { hiddenState: make([5, 37]), cellState: make([5, 37]), attentional: make([5, 20]) };
    const source = { keys: make([5, 9, 30]), values: make([5, 9, 33]), lengths };
    return Object.values(t.attentionalLstm(make([5, 4, 21]), weights, source, state));
  },
  pooling: () => poolKinds.map((kind) => t.poolOverTime(make([5, 9, 33]), kind, lengths)),
};

const hashes: Record<string, string> = {};
for (const [name, run] of Object.entries(cases)) {
  using _ = session.scope();
  parameters.length = 0;
  const outputs = run();
  const hash = createHash("sha256");
  for (const output of outputs) hash.update(output.readSync());
  const loss = outputs.map((output) => t.sum(t.square(output))).reduce((a, b) => t.add(a, b));
  const gradients = t.backward(loss);
  for (const parameter of parameters) hash.update(t.denseGradient(gradients.get(parameter)!).readSync());
  hashes[name] = hash.digest("hex");
}
await session.dispose();
console.log(JSON.stringify(hashes));
