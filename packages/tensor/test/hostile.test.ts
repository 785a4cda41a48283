/**
 * Every op gives the same bits on every backend also where its inputs and its gradients hold zeros of both signs, denormals,
 * numbers at the edges of float32, infinities and NaN.
 */
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { binaryOps, poolKinds, unaryOps } from "./elementwise-ops.ts";
import { type Build, comparison, hostile, onEveryBackend } from "./every-backend.ts";

const { agree, forShapes } = comparison(onEveryBackend(), hostile);

/** Ops of one tensor of shape `[a, b, c]`. */
const ofOne: Record<string, (x: t.Tensor) => t.Tensor | t.Tensor[]> = {
  ...Object.fromEntries(unaryOps.map(({ name, op }) => [name, op])),
  clamp: (x) => t.clamp(x, -0.5, 1),
  sum: (x) => [t.sum(x), t.sum(x, 0), t.sum(x, 1), t.sum(x, 2)],
  mean: (x) => [t.mean(x), t.mean(x, 1), t.mean(x, 2)],
  max: (x) => [t.max(x, 0), t.max(x, 1), t.max(x, 2)],
  min: (x) => [t.min(x, 0), t.min(x, 1), t.min(x, 2)],
  cumsum: (x) => [t.cumsum(x, 0), t.cumsum(x, 1), t.cumsum(x, 2)],
  softmax: t.softmax,
  logSoftmax: t.logSoftmax,
  "argMax and argMin": (x) => [t.argMax(x), t.argMin(x)],
  topK: (x) => Object.values(t.topK(x, Math.min(3, x.shape[2]!))),
  transpose: (x) => t.transpose(x, [2, 0, 1]),
  "slices and joins": (x) => [t.slice(x, 1, 0, 1), t.concat([x, x], 2), t.stack([x, x], 1), ...t.split(x, 2, 1)],
  dropout: (x) => {
    const examples = Int32Array.from({ length: x.shape[0]! }, (_, i) => i);
    return t.dropout(x, 0.5, { stream: new t.Rng(4).stream("d"), step: 2, examples });
  },
  poolOverTime: (x) => {
    const lengths = Int32Array.from({ length: x.shape[0]! }, (_, i) => (i * 2 + 1) % (x.shape[1]! + 1));
    return poolKinds.map((kind) => t.poolOverTime(x, kind, lengths));
  },
  gatherRows: (x) => t.gatherRows(x, Int32Array.of(0, x.shape[0]! - 1, 0)),
  gather: (x) => [0, 1, 2].map((axis) => t.gather(x, axis, indicesInto(x, axis, 3))),
  crossEntropy: (x) => {
    const rows = t.reshape(x, [-1, x.shape[2]!]);
    const targets = Int32Array.from({ length: rows.shape[0]! }, (_, i) =>
      (i % 3) - 1 < x.shape[2]! ? (i % 3) - 1 : 0,
    );
    return t.crossEntropy(rows, targets, { labelSmoothing: 0.1 });
  },
};

/** int32 indices of the shape of `x` with `count` on `axis`. */
function indicesInto(x: t.Tensor, axis: number, count: number): t.Tensor {
  const shape = x.shape.map((extent, i) => (i === axis ? count : extent));
  const size = shape.reduce((product, extent) => product * extent, 1);
  const indices = Int32Array.from({ length: size }, (_, i) => (i * 7) % x.shape[axis]!);
  return x.session.tensor(indices, shape, { dtype: "int32" });
}

test.each(Object.entries(ofOne))("%s", (_, op) => {
  forShapes([4, 5, 37], (shape) => (_session, parameter) => op(parameter(shape)), 40);
});

/** Ops of two tensors that broadcast. */
const ofTwo: Record<string, (a: t.Tensor, b: t.Tensor) => t.Tensor> = {
  ...Object.fromEntries(binaryOps.map(({ name, op }) => [name, op])),
  less: t.less,
  lessEqual: t.lessEqual,
  where: (a, b) => t.where(t.greater(a, b), a, b),
  "where of any numbers": (a, b) => t.where(a, b, t.mul(a, 2)),
};

test.each(Object.entries(ofTwo))("%s", (_, op) => {
  const build =
    ([a, b, c]: readonly number[]): Build =>
    (_session, parameter) => [
      op(parameter([a!, b!, c!]), parameter([b!, 1])),
      op(parameter([c!]), parameter([b!, c!])),
      op(parameter([b!, c!]), parameter([b!, c!])),
    ];
  forShapes([3, 4, 37], build, 40);
});

test("layerNorm", () => {
  forShapes([3, 4, 37], ([a, b, c]) => (_session, parameter) => {
    const [x, gain, bias] = [parameter([a!, b!, c!]), parameter([c!]), parameter([c!])];
    return [t.layerNorm(x, gain, bias), t.layerNorm(t.tanh(x), gain, bias, 0.1)];
  });
});

test("matmul and linear", () => {
  forShapes([3, 5, 20, 37], ([batch, m, n, k]) => (_session, parameter) => [
    t.matmul(parameter([batch!, m!, k!]), parameter([batch!, k!, n!])),
    t.linear(parameter([m!, k!]), parameter([n!, k!]), parameter([n!])),
  ]);
});

test("linearCrossEntropy", () => {
  forShapes([20, 19, 37], ([rows, features, classes]) => (session, parameter) => {
    const targets = Int32Array.from({ length: rows! }, (_, i) => ((i * 5) % (classes! + 1)) - 1);
    const classWeights = session.tensor(hostile(new t.Rng(1).stream("w"), classes!), [classes!]);
    const [x, weight, bias] = [parameter([rows!, features!]), parameter([classes!, features!]), parameter([classes!])];
    return [
      t.linearCrossEntropy(x, weight, targets, { bias }),
      t.linearCrossEntropy(t.tanh(x), t.tanh(weight), targets, { labelSmoothing: 0.1 }),
      t.linearCrossEntropy(t.tanh(x), t.tanh(weight), targets, { bias, classWeights, labelSmoothing: 0.1 }),
    ];
  });
});

test("embedding", () => {
  forShapes([5, 20], ([vocab, width]) => (session, parameter) => {
    const ids = session.tensor([0, vocab! - 1, 0, vocab! >> 1], [4], { dtype: "int32" });
    return t.embedding(parameter([vocab!, width!]), ids);
  });
});

test("attend", () => {
  forShapes([3, 5, 9, 18], ([batch, time, querySize, valueSize]) => (_session, parameter) => {
    const lengths = Int32Array.from({ length: batch! }, (_, i) => (i * 3 + 1) % (time! + 1));
    const [query, keys] = [parameter([batch!, querySize!]), parameter([batch!, time!, querySize!])];
    const values = parameter([batch!, time!, valueSize!]);
    const dot = t.attend(query, keys, values, lengths, { kind: "dot" });
    const additive = t.attend(query, keys, values, lengths, { kind: "additive", energy: parameter([querySize!]) });
    return [dot.context, dot.weights, additive.context, additive.weights];
  });
});

test("attentionalLstm", () => {
  forShapes(
    [3, 3, 9, 18, 5, 9],
    ([batch, time, vectorSize, hiddenSize, srcLen, valueSize]) =>
      (_session, parameter) => {
        const lengths = Int32Array.from({ length: batch! }, (_, i) => (i * 3 + 1) % (srcLen! + 1));
        const [gates, attentionalSize] = [4 * hiddenSize!, 7];
        const weights = {
          lstm: {
            weightIh: parameter([gates, vectorSize! + attentionalSize]),
            weightHh: parameter([gates, hiddenSize!]),
            biasIh: parameter([gates]),
            biasHh: parameter([gates]),
          },
          combine: parameter([attentionalSize, valueSize! + hiddenSize!]),
        };
        const source = {
          keys: parameter([batch!, srcLen!, hiddenSize!]),
          values: parameter([batch!, srcLen!, valueSize!]),
          lengths,
        };
        const [hiddenState, cellState] = [parameter([batch!, hiddenSize!]), parameter([batch!, hiddenSize!])];
        const state = { hiddenState, cellState, attentional: parameter([batch!, attentionalSize]) };
        return Object.values(t.attentionalLstm(parameter([batch!, time!, vectorSize!]), weights, source, state));
      },
  );
});

test.each([
  ["lstm", t.lstm, 4],
  ["gru", t.gru, 3],
  ["rnn", t.rnn, 1],
] as const)("%s", (_, recurrent, gates) => {
  forShapes([4, 4, 9, 13], ([batch, time, inputSize, hiddenSize]) => (_session, parameter) => {
    const weights = {
      weightIh: parameter([gates * hiddenSize!, inputSize!]),
      weightHh: parameter([gates * hiddenSize!, hiddenSize!]),
      biasIh: parameter([gates * hiddenSize!]),
      biasHh: parameter([gates * hiddenSize!]),
    };
    const lengths = Int32Array.from({ length: batch! }, (_, i) => (i * 3 + 1) % (time! + 1));
    const layer = recurrent(parameter([batch!, time!, inputSize!]), weights, { lengths });
    return [layer.output, layer.hiddenState];
  });
});

test("ops that are large enough for two threads", () => {
  agree(7, (_session, parameter) => {
    const [x, row] = [parameter([301, 307]), parameter([307])];
    const { values, indices } = t.topK(x, 3);
    const rows = t.gatherRows(
      x,
      Int32Array.from({ length: 600 }, (_, i) => (i * 13) % 301),
    );
    return [
      t.softmax(x),
      t.logSoftmax(x),
      t.layerNorm(x, row, row),
      t.where(t.less(x, row), x, row),
      t.cumsum(x, 0),
      t.cumsum(x, 1),
      t.min(x, 0),
      t.sum(t.reshape(x, [-1])),
      t.argMax(x),
      values,
      indices,
      rows,
      t.gather(x, 0, indicesInto(x, 0, 400)),
      t.gather(x, 1, indicesInto(x, 1, 400)),
    ];
  });
});

test("sums of many chunks, in jobs of 256", () => {
  agree(8, (session) => {
    const values = new t.Rng(3).stream("x").normal(1_100_000 + 77);
    return t.sum(session.tensor(values, [values.length]));
  });
});

test("fills and searches of any length find the first that is not finite", async () => {
  const session = await t.createSession({ threads: 2 });
  for (const size of [1, 15, 16, 17, 33, 70_001]) {
    const x = session.full([size], 2);
    expect(x.readSync().every((value) => value === 2)).toBe(true);
    for (const at of new Set([0, size >> 1, size - 1])) {
      const values = new Float32Array(size).fill(3e38);
      values.fill(Infinity, at);
      x.write(values);
      expect(session.backend.firstNonFinite(x.storage)).toBe(at);
    }
    x.write(new Float32Array(size).fill(-3e38));
    expect(session.backend.firstNonFinite(x.storage)).toBe(-1);
  }
  await session.dispose();
});
