/**
 * Hashes of what every op gives, forward and backward, on fixed inputs: no bit changes unnoticed. After an intended change run
 * `vitest run -u test/bits.test.ts`, raise `numericsVersion` and say so in the changeset.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKernelBackend } from "../src/backends/kernels/backend.ts";
import { nativeInstructionSets } from "../src/backends/native/team.ts";
import { startWasmTeam } from "../src/backends/wasm/team.ts";
import * as t from "../src/index.ts";
import { poolKinds, unaryOps } from "./elementwise-ops.ts";

type Make = (shape: readonly number[], scale?: number) => t.Tensor;
type Case = (make: Make, session: t.Session) => t.Tensor | readonly t.Tensor[];

/** Zeros of both signs, denormals, the smallest normal and numbers at the edges of exp. */
const edges = [
  0, -0, 1e-45, -1e-40, 1.1754943508222875e-38, 88.72, 88.73, -87.33, -103, 0.625, -0.6249999, 1e10, -1e-10,
];
const lengths = Int32Array.of(7, 0, 3, 5);

const gatedWeights = (make: Make, gates: number, inputSize: number, hiddenSize: number): t.RecurrentWeights => ({
  weightIh: make([gates * hiddenSize, inputSize], 0.4),
  weightHh: make([gates * hiddenSize, hiddenSize], 0.4),
  biasIh: make([gates * hiddenSize]),
  biasHh: make([gates * hiddenSize]),
});

const lstmWeights = (make: Make, inputSize: number, hiddenSize: number): t.LstmWeights =>
  gatedWeights(make, 4, inputSize, hiddenSize);

/** A recurrent dropout mask of four rows. */
const maskOf = (session: t.Session, size: number): t.Tensor =>
  t.dropout(session.full([4, size], 1), 0.4, {
    stream: new t.Rng(3).stream("mask"),
    step: 11,
    examples: Int32Array.of(4, 9, 2, 7),
  });

const shared = { learningRate: 0.01, weightDecay: 0.1, gradientScale: 0.5 };
const adam = { ...shared, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

type Moments = Readonly<Record<(typeof momentNames)[number], t.Tensor>>;
type Stepped = t.SteppedParameter & Moments & { readonly step: number };
const momentNames = [
  ...(["firstMoment", "secondMoment", "largestSecondMoment", "largestGradient", "meanSquare", "meanGradient"] as const),
  ...(["squareSum", "velocity", "meanSquaredStep", "average"] as const),
];

/** One step of each optimizer that has no case of its own. */
const otherSteps: Readonly<Record<string, (stepped: Stepped) => void>> = {
  amsgrad: (stepped) => t.adamStep([stepped], adam),
  nadam: (stepped) => t.nadamStep([stepped], { ...adam, momentumDecay: 4e-3 }),
  adamax: (stepped) => t.adamaxStep([stepped], adam),
  lamb: (stepped) => t.lambStep([stepped], adam),
  adadelta: (stepped) => t.adadeltaStep([stepped], { ...shared, rho: 0.9, epsilon: 1e-6 }),
  asgd: (stepped) => t.asgdStep([stepped], { ...shared, lambda: 0.1, alpha: 0.75, averageAfterSteps: 1 }),
  lion: (stepped) => t.lionStep([stepped], { ...shared, beta1: 0.9, beta2: 0.99, decoupled: true }),
  rmsprop: (stepped) =>
    t.rmspropStep([stepped], { ...shared, alpha: 0.9, epsilon: 1e-8, momentum: 0.9, centered: true }),
  adagrad: (stepped) => t.adagradStep([stepped], { ...shared, epsilon: 1e-10, learningRateDecay: 0.1 }),
};

/** Three steps from moments of 0, by a dense and by a sparse gradient. */
function stepsOf(step: (stepped: Stepped) => void) {
  return (make: Make, session: t.Session): t.Tensor[] =>
    gradientsOf(make, session).flatMap((gradient) => {
      const moments = momentNames.map((name) => [name, session.zeros([40, 37])] as const);
      const parameter = make([40, 37]);
      for (const count of [1, 2, 3]) {
        step({ name: "weight", parameter, gradient, step: count, ...(Object.fromEntries(moments) as Moments) });
      }
      return [parameter, ...moments.map(([, moment]) => moment)];
    });
}

const cases: Readonly<Record<string, Case>> = {
  "functions at their edges": (_, session) => {
    const x = session.tensor(edges, [edges.length], { requiresGrad: true });
    return [t.exp(x), t.tanh(x), t.sigmoid(x), t.relu(x), t.square(x), t.neg(x), t.maximum(x, 0)];
  },
  "logarithm and root": (make) => [t.log(t.square(make([70]))), t.sqrt(t.square(make([70])))],
  arithmetic: (make) => {
    const [x, row, column] = [make([19, 23]), make([23]), make([19, 1])];
    return [t.add(x, row), t.sub(column, x), t.mul(x, row), t.div(x, t.add(t.square(column), 0.5))];
  },
  "error function, sine, cosine and size": (make, session) => {
    const x = session.tensor([...edges, 1e5, 3e8, -2.5], [edges.length + 3], { requiresGrad: true });
    return [t.erf(x), t.sin(x), t.cos(x), t.abs(x), t.erf(make([70], 2)), t.sin(make([70], 99)), t.cos(make([70]))];
  },
  comparisons: (make) => {
    const [x, row] = [make([19, 23]), make([23])];
    const compared = [t.greater, t.greaterEqual, t.less, t.lessEqual, t.equal, t.notEqual].map((op) => op(x, row));
    return [t.where(compared[0]!, x, row), t.minimum(x, row), t.clamp(x, -1, 0.5), ...compared.map((c) => t.mul(c, x))];
  },
  "layer norm": (make) => t.layerNorm(make([4, 5, 37], 3), make([37]), make([37])),
  "cumulative sums and minima": (make) => {
    const x = make([6, 37, 5]);
    return [t.cumsum(x, 0), t.cumsum(x, 1), t.cumsum(x, 2), t.min(x, 1), t.min(x, 2)];
  },
  "gathered along axes": (make, session) => {
    const index = (count: number) => Int32Array.from({ length: count }, (_, i) => (i * i) % 4);
    const x = make([4, 5, 6]);
    return [
      t.gather(x, 0, session.tensor(index(270), [9, 5, 6], { dtype: "int32" })),
      t.gather(x, 2, session.tensor(index(140), [4, 5, 7], { dtype: "int32" })),
    ];
  },
  reductions: (make) => {
    const x = make([6, 37, 5]);
    return [t.sum(x), t.sum(x, 1), t.sum(x, 2), t.mean(x, 0), t.max(x, 1)];
  },
  layout: (make) => {
    const x = make([4, 6, 5]);
    return [t.transpose(x, [2, 0, 1]), t.slice(x, 1, 2, 5), t.concat([x, x], 2), t.stack([x, x], 0)];
  },
  "matrix products": (make) => [
    t.matmul(make([13, 600]), make([600, 70])),
    t.matmul(make([30, 13]), make([17, 30]), { transposeA: true, transposeB: true }),
    t.matmul(make([3, 9, 8]), make([3, 8, 7])),
  ],
  linear: (make) => t.linear(make([3, 90, 33]), make([67, 33]), make([67])),
  "a weight in a loop": (make) => {
    const [weight, bias] = [make([20, 20], 0.3), make([20])];
    let x = make([9, 20]);
    for (let step = 0; step < 4; step++) x = t.tanh(t.linear(x, weight, bias));
    return [x, t.square(weight)];
  },
  softmax: (make) => [t.softmax(make([5, 41], 4)), t.logSoftmax(make([5, 41], 4))],
  "large logits": (make) => {
    const logits = make([6, 37], 60);
    return [t.logSoftmax(logits), t.crossEntropy(logits, Int32Array.of(0, 36, -1, 5, 5, 12), { labelSmoothing: 0.1 })];
  },
  "cross-entropy": (make, session) => {
    const [logits, weights] = [
      make([6, 37], 3),
      session.tensor(
        Array.from({ length: 37 }, (_, i) => 0.5 + i / 37),
        [37],
      ),
    ];
    const targets = Int32Array.of(0, 36, -1, 5, 5, 12);
    return [
      t.crossEntropy(logits, targets),
      t.crossEntropy(logits, targets, { classWeights: weights, labelSmoothing: 0.1 }),
    ];
  },
  "an output layer with cross-entropy": (make, session) => {
    const [x, weight, bias] = [make([6, 29]), make([37, 29]), make([37])];
    const classWeights = session.tensor(
      Array.from({ length: 37 }, (_, i) => 0.5 + i / 37),
      [37],
    );
    const targets = Int32Array.of(0, 36, -1, 5, 5, 12);
    return [
      t.linearCrossEntropy(x, weight, targets),
      t.linearCrossEntropy(x, weight, targets, { bias, classWeights, labelSmoothing: 0.1 }),
    ];
  },
  "embedding with padding": (make, session) => {
    const ids = session.tensor([2, 0, 2, 1, 8, 2], [2, 3], { dtype: "int32" });
    return t.embedding(make([9, 21]), ids, { paddingIndex: 0 });
  },
  dropout: (make) =>
    t.dropout(make([4, 7, 18]), 0.4, {
      stream: new t.Rng(3).stream("dropout"),
      step: 11,
      examples: Int32Array.of(4, 9, 2, 7),
      timeOffset: 3,
    }),
  pooling: (make) => {
    const x = make([4, 7, 18]);
    return poolKinds.map((kind) => t.poolOverTime(x, kind, lengths));
  },
  lstm: (make) => {
    const { output, hiddenState, cellState } = t.lstm(make([4, 7, 19]), lstmWeights(make, 19, 21), { lengths });
    return [output, hiddenState, cellState];
  },
  "reverse lstm with a state": (make) => {
    const initialState = { hiddenState: make([4, 21]), cellState: make([4, 21]) };
    const options = { lengths, reverse: true, initialState };
    const { output, hiddenState, cellState } = t.lstm(make([4, 7, 19]), lstmWeights(make, 19, 21), options);
    return [output, hiddenState, cellState];
  },
  "lstm steps": (make) => {
    const [x, weights] = [make([5, 1, 6]), lstmWeights(make, 6, 9)];
    let state: t.LstmState | undefined;
    for (let step = 0; step < 3; step++) state = t.lstm(x, weights, state && { initialState: state });
    return [state!.hiddenState, state!.cellState];
  },
  "lstm with relu": (make) => {
    const { output, hiddenState, cellState } = t.lstm(make([4, 7, 19]), lstmWeights(make, 19, 21), {
      lengths,
      activation: "relu",
    });
    return [output, hiddenState, cellState];
  },
  "lstm with all options": (make, session) => {
    const weights = {
      ...lstmWeights(make, 19, 21),
      weightHh: make([84, 10], 0.4),
      weightHr: make([10, 21], 0.4),
      peepholes: make([63]),
      norm: { gainIh: make([84]), gainHh: make([84]), gainCell: make([21]), biasCell: make([21]) },
    };
    const initialState = { hiddenState: make([4, 10]), cellState: make([4, 21]) };
    const options = { lengths, initialState, cellClip: 0.8, recurrentDropoutMask: maskOf(session, 10) };
    const { output, hiddenState, cellState } = t.lstm(make([4, 7, 19]), weights, options);
    return [output, hiddenState, cellState];
  },
  gru: (make, session) => {
    const [x, weights] = [make([4, 7, 19]), gatedWeights(make, 3, 19, 21)];
    const plain = t.gru(x, weights, { lengths });
    const initialState = { hiddenState: make([4, 21]) };
    const dropped = t.gru(x, weights, { reverse: true, initialState, recurrentDropoutMask: maskOf(session, 21) });
    return [plain.output, plain.hiddenState, dropped.output, dropped.hiddenState];
  },
  rnn: (make, session) => {
    const [x, weights] = [make([4, 7, 19]), gatedWeights(make, 1, 19, 21)];
    const plain = t.rnn(x, weights, { lengths });
    const initialState = { hiddenState: make([4, 21]) };
    const options = { reverse: true, initialState, recurrentDropoutMask: maskOf(session, 21) };
    const dropped = t.rnn(x, weights, { ...options, activation: "relu" });
    return [plain.output, plain.hiddenState, dropped.output, dropped.hiddenState];
  },
  "lstm that attends": (make) =>
    [true, false].flatMap((isAdditive) => {
      const { output, hiddenState, cellState, attentionWeights } = t.attentionalLstm(
        make([4, 3, 18]),
        {
          lstm: lstmWeights(make, 18 + 20, 21),
          query: isAdditive ? make([19, 21], 0.4) : undefined,
          energy: isAdditive ? make([19]) : undefined,
          combine: make([20, 17 + 21], 0.4),
        },
        { keys: make([4, 7, isAdditive ? 19 : 21]), values: make([4, 7, 17]), lengths },
        { hiddenState: make([4, 21]), cellState: make([4, 21]), attentional: make([4, 20]) },
      );
      return [output, hiddenState, cellState, attentionWeights];
    }),
  attention: (make) => {
    const [query, keys, values, energy] = [make([4, 18]), make([4, 7, 18]), make([4, 7, 23]), make([18])];
    const dot = t.attend(query, keys, values, lengths, { kind: "dot" });
    const additive = t.attend(query, keys, values, lengths, { kind: "additive", energy });
    return [dot.context, dot.weights, additive.context, additive.weights];
  },
  "adam steps": (make, session) => {
    const results: t.Tensor[] = [];
    for (const gradient of gradientsOf(make, session)) {
      const [parameter, first, second] = [make([40, 37]), make([40, 37], 1e-3), session.zeros([40, 37])];
      const options = {
        learningRate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.1,
        gradientScale: 0.5,
      };
      const stepped = { name: "weight", parameter, gradient, firstMoment: first, secondMoment: second };
      t.adamStep([{ ...stepped, step: 1 }], { ...options, decoupled: true });
      t.adamStep([{ ...stepped, step: 2 }], { ...options, decoupled: false });
      results.push(parameter, first, second);
    }
    return results;
  },
  "sgd steps": (make, session) => {
    const results: t.Tensor[] = [];
    for (const gradient of gradientsOf(make, session)) {
      const [parameter, velocity] = [make([40, 37]), session.zeros([40, 37])];
      const options = { learningRate: 0.1, weightDecay: 0.01, gradientScale: 0.5 };
      const stepped = { name: "weight", parameter, gradient };
      t.sgdStep([stepped], { ...options, momentum: 0, nesterov: false });
      t.sgdStep([{ ...stepped, velocity }], { ...options, momentum: 0.9, nesterov: false });
      t.sgdStep([{ ...stepped, velocity }], { ...options, momentum: 0.9, nesterov: true });
      results.push(parameter, velocity);
    }
    return results;
  },
  ...Object.fromEntries(Object.entries(otherSteps).map(([name, step]) => [`${name} steps`, stepsOf(step)])),
  "global norm": (make, session) => {
    const total = t.sumOfSquares(...gradientsOf(make, session));
    return session.tensor([total, total - Math.fround(total)], [2], { requiresGrad: true });
  },
  ...Object.fromEntries(unaryOps.map((unary) => [unary.name, (make: Make) => elementwise(make, unary)])),
};

/** A function of each element where it is a number: processors do not agree on the bits of NaN. */
function elementwise(make: Make, { op, range: [low] }: (typeof unaryOps)[number]): t.Tensor {
  const x = make([70], 3);
  return op(low > 0 ? t.square(x) : x);
}

/** A dense and a sparse gradient of a matrix `[40, 37]`. */
function gradientsOf(make: Make, session: t.Session): t.Gradient[] {
  const rows = session.tensor([0, 3, 4, 39], [4], { dtype: "int32" });
  return [
    { kind: "dense", values: make([40, 37]) },
    { kind: "sparse", rows, values: make([4, 37]), shape: [40, 37] },
  ];
}

let sessions: Map<string, t.Session>;

beforeAll(async () => {
  sessions = new Map([
    ["reference", await t.createSession({ backend: "reference" })],
    ["wasm", await t.createSession({ backend: "wasm", threads: 2 })],
    ["wasm that emulates", new t.Session(createKernelBackend(await startWasmTeam({ threads: 2, emulating: true })))],
  ]);
  if (nativeInstructionSets().length > 0)
    sessions.set("native", await t.createSession({ backend: "native", threads: 2 }));
});

afterAll(() => Promise.all([...sessions.values()].map((session) => session.dispose())));

/** Outputs, then the gradients of all parameters for a weighted sum of the outputs. */
function hashOf(session: t.Session, build: Case): string {
  using _ = session.scope();
  const stream = new t.Rng(2).stream("bits");
  const parameters: t.Tensor[] = [];
  const make: Make = (shape, scale = 1) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = stream.fork(`${parameters.length}`).normal(size);
    parameters.push(
      session.tensor(
        values.map((value) => value * scale),
        shape,
        { requiresGrad: true },
      ),
    );
    return parameters.at(-1)!;
  };
  const outputs = [build(make, session)].flat();
  const hash = createHash("sha256");
  for (const output of outputs) hash.update(output.readSync());
  const weigh = (x: t.Tensor) => t.sum(t.mul(x, session.tensor(stream.fork("weights").normal(x.size), x.shape)));
  const gradients = t.backward(outputs.map(weigh).reduce((a, b) => t.add(a, b)));
  for (const parameter of parameters) {
    const gradient = gradients.get(parameter);
    if (gradient) hash.update(t.denseGradient(gradient).readSync());
  }
  return hash.digest("hex").slice(0, 32);
}

test("every op gives the recorded bits on every backend", async () => {
  for (const [backend, session] of sessions) {
    const hashes = Object.entries(cases).map(([name, build]) => [name, hashOf(session, build)]);
    const table = `${JSON.stringify({ numericsVersion: t.numericsVersion, ...Object.fromEntries(hashes) }, null, 2)}\n`;
    await expect(table, backend).toMatchFileSnapshot("golden/bits.json");
  }
});
