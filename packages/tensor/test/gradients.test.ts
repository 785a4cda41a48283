/** Every op's gradient against central differences, in float64 on the reference backend. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { checkGradients } from "../src/testing/index.ts";
import { binaryOps, poolKinds, unaryOps } from "./elementwise-ops.ts";

let session: t.Session;
let next = 0;

beforeAll(async () => {
  session = await t.createSession({ backend: "reference", dtype: "float64" });
});

function parameter(shape: readonly number[], low = -1, high = 1): t.Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = new t.Rng(11).stream(`parameter${next++}`).uniform(size, low, high);
  return session.tensor(data, shape, { requiresGrad: true });
}

/** A loss that weighs every element differently, so that no error cancels. */
function weighted(x: t.Tensor): t.Tensor {
  const weights = session.tensor(new t.Rng(5).stream("weights").uniform(x.size, -1, 1), x.shape);
  return t.sum(t.mul(x, weights));
}

const ids = new Int32Array([2, 0, 2, 1, 3, 2]);

const ofOne: Record<string, [(x: t.Tensor) => t.Tensor, number, number]> = {
  ...Object.fromEntries(unaryOps.map(({ name, op, range: [low, high] }) => [name, [op, low, high]])),
  clamp: [(x) => t.clamp(x, -0.5, 0.4), -1, 1],
  min: [(x) => t.min(x, 1), -1, 1],
  cumsum: [(x) => t.cumsum(x, 0), -1, 1],
  "cumsum along the last axis": [(x) => t.cumsum(x, -1), -1, 1],
  gather: [(x) => t.gather(x, 0, session.tensor([2, 0, 1, 2, 2, 1, 1, 0], [2, 4], { dtype: "int32" })), -1, 1],
  "gather along the last axis": [
    (x) => t.gather(x, 1, session.tensor([3, 3, 0, 1, 2, 2], [3, 2], { dtype: "int32" })),
    -1,
    1,
  ],
  split: [(x) => t.concat(t.split(x, 3, 1).reverse(), 1), -1, 1],
  chunk: [(x) => t.concat(t.chunk(x, 2, 0).reverse(), 0), -1, 1],
  "squeeze and unsqueeze": [(x) => t.squeeze(t.unsqueeze(x, 1), 1), -1, 1],
  softmax: [t.softmax, -2, 2],
  logSoftmax: [t.logSoftmax, -2, 2],
  sum: [(x) => t.sum(x), -1, 1],
  "sum along an axis": [(x) => t.sum(x, 0), -1, 1],
  "sum along the last axis": [(x) => t.sum(x, -1), -1, 1],
  mean: [(x) => t.mean(x, 1), -1, 1],
  "mean of all": [(x) => t.mean(x), -1, 1],
  max: [(x) => t.max(x, 1), -1, 1],
  reshape: [(x) => t.reshape(x, [4, -1]), -1, 1],
  transpose: [(x) => t.transpose(x, [1, 0]), -1, 1],
  slice: [(x) => t.slice(x, 1, 1, 3), -1, 1],
  splitRows: [(x) => t.concat(t.splitRows(x, [1, 0, 2]).reverse(), 0), -1, 1],
  "splitRows, of which one block is used": [(x) => t.splitRows(x, [1, 2])[1]!, -1, 1],
  concat: [(x) => t.concat([x, t.mul(x, 2)], 1), -1, 1],
  stack: [(x) => t.stack([x, x], 1), -1, 1],
  gatherRows: [(x) => t.gatherRows(x, new Int32Array([2, 0, 2])), -1, 1],
  dropout: [
    (x) => t.dropout(x, 0.4, { stream: new t.Rng(1).stream("d"), step: 3, examples: new Int32Array([7, 8, 9]) }),
    -1,
    1,
  ],
};

describe("gradients agree with central differences", () => {
  test.each(Object.entries(ofOne))("%s", (_, [op, low, high]) => {
    checkGradients(([x]) => weighted(op(x!)), [parameter([3, 4], low, high)]);
  });

  test.each([
    ...binaryOps.filter(({ hasGradient }) => hasGradient),
    { name: "where", op: (a: t.Tensor, b: t.Tensor) => t.where(t.greater(a, t.mul(b, 0.3)), a, b) },
  ])("$name, with broadcasting", ({ op }) => {
    checkGradients(([a, b]) => weighted(op(a!, b!)), [parameter([2, 3, 4]), parameter([3, 1], 0.5, 2)]);
    checkGradients(([a, b]) => weighted(op(a!, b!)), [parameter([4]), parameter([2, 4], 0.5, 2)]);
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])("matmul, transposeA %s, transposeB %s", (transposeA, transposeB) => {
    const a = parameter(transposeA ? [2, 4, 3] : [2, 3, 4]);
    const b = parameter(transposeB ? [2, 5, 4] : [2, 4, 5]);
    checkGradients(([left, right]) => weighted(t.matmul(left!, right!, { transposeA, transposeB })), [a, b]);
  });

  test("layerNorm", () => {
    const parameters = [parameter([2, 3, 5]), parameter([5]), parameter([5])];
    checkGradients(([x, gain, bias]) => weighted(t.layerNorm(x!, gain!, bias!)), parameters);
    checkGradients(([x, gain, bias]) => weighted(t.layerNorm(x!, gain!, bias!, 0.5)), parameters);
  });

  test("linear", () => {
    checkGradients(
      ([x, w, b]) => weighted(t.linear(x!, w!, b!)),
      [parameter([2, 3, 4]), parameter([5, 4]), parameter([5])],
    );
  });

  test("embedding, with a padding row that gets none", () => {
    const weight = parameter([4, 3]);
    const idTensor = session.tensor(ids, [2, 3], { dtype: "int32" });
    checkGradients(([w]) => weighted(t.embedding(w!, idTensor)), [weight]);
    using _ = session.scope();
    const gradients = t.backward(weighted(t.embedding(weight, idTensor, { paddingIndex: 2 })));
    const gradient = gradients.get(weight)!;
    expect(gradient.kind).toBe("sparse");
    expect([...t.denseGradient(gradient).readSync().slice(6, 9)]).toEqual([0, 0, 0]);
  });

  test("look-ups in one table keep its gradient sparse; beside another use their rows alone are added", () => {
    const weight = parameter([6, 3]);
    const lookUp = (...numbers: number[]) =>
      weighted(t.embedding(weight, session.tensor(numbers, [numbers.length], { dtype: "int32" })));
    using _ = session.scope();
    const gradient = t.backward([lookUp(4, 1), lookUp(1), lookUp(5, 4)].reduce((a, b) => t.add(a, b))).get(weight)!;
    expect(gradient.kind === "sparse" && [...gradient.rows.readSync()]).toEqual([1, 4, 5]);
    expect(t.backward(t.add(lookUp(4), t.sum(weight))).get(weight)!.kind).toBe("dense");
  });

  test.each(poolKinds)("poolOverTime %s", (kind) => {
    checkGradients(([x]) => weighted(t.poolOverTime(x!, kind, new Int32Array([4, 2, 0]))), [parameter([3, 4, 2])]);
  });

  test("crossEntropy with ignored rows, class weights and label smoothing", () => {
    const targets = new Int32Array([2, -1, 0, 4]);
    const classWeights = session.tensor([0.5, 1, 2, 1, 3], [5]);
    checkGradients(([x]) => t.crossEntropy(x!, targets), [parameter([4, 5])]);
    checkGradients(([x]) => t.crossEntropy(x!, targets, { classWeights, labelSmoothing: 0.1 }), [parameter([4, 5])]);
  });

  test("linearCrossEntropy with ignored rows, class weights and label smoothing", () => {
    const targets = new Int32Array([2, -1, 0, 4]);
    const classWeights = session.tensor([0.5, 1, 2, 1, 3], [5]);
    const layer = [parameter([4, 3]), parameter([5, 3]), parameter([5])];
    checkGradients(([x, weight]) => t.linearCrossEntropy(x!, weight!, targets), layer.slice(0, 2));
    checkGradients(
      ([x, weight, bias]) =>
        t.linearCrossEntropy(x!, weight!, targets, { bias: bias!, classWeights, labelSmoothing: 0.1 }),
      layer,
    );
  });

  test.each([false, true])("resetBeforeGru, masked %s, over two steps of one weight", (isMasked) => {
    const mask = isMasked ? session.tensor([2, 0, 2, 0, 2, 2], [2, 3]) : undefined;
    const inputs = [parameter([4, 9]), parameter([6, 3]), parameter([3, 3]), parameter([2, 3])];
    checkGradients(([ofInput, gates, candidate, hidden]) => {
      const [first, second] = t.splitRows(ofInput!, [2, 2]);
      const weights = { gates: gates!, candidate: candidate! };
      const between = t.resetBeforeGru(first!, weights, hidden!, mask);
      return weighted(t.concat([between, t.resetBeforeGru(second!, weights, between, mask)], 0));
    }, inputs);
  });

  test("attend, dot and additive", () => {
    const lengths = new Int32Array([4, 2, 0]);
    const [query, keys, values, energy] = [
      parameter([3, 2]),
      parameter([3, 4, 2]),
      parameter([3, 4, 5]),
      parameter([2]),
    ];
    const both = ({ context, weights }: { context: t.Tensor; weights: t.Tensor }) =>
      t.add(weighted(context), weighted(weights));
    checkGradients(([q, k, v]) => both(t.attend(q!, k!, v!, lengths, { kind: "dot" })), [query, keys, values]);
    checkGradients(
      ([q, k, v, e]) => both(t.attend(q!, k!, v!, lengths, { kind: "additive", energy: e! })),
      [query, keys, values, energy],
    );
  });

  describe("recurrent layers with ragged lengths and an initial state", () => {
    const [hiddenSize, inputSize] = [3, 2];
    const lengths = new Int32Array([4, 0, 2]);
    const recurrentWeights = (gates: number, outputSize = hiddenSize): t.RecurrentWeights => ({
      weightIh: parameter([gates * hiddenSize, inputSize]),
      weightHh: parameter([gates * hiddenSize, outputSize]),
      biasIh: parameter([gates * hiddenSize]),
      biasHh: parameter([gates * hiddenSize]),
    });
    const maskOf = (outputSize = hiddenSize) =>
      session.tensor(new t.Rng(4).stream("mask").uniform(3 * outputSize, 0, 2), [3, outputSize]);
    const tensorsOf = (weights: object): t.Tensor[] =>
      Object.values(weights).flatMap((value) => (value instanceof t.Tensor ? [value] : tensorsOf(value)));

    const lstmExtras: Record<string, { weights?: () => Partial<t.LstmWeights>; options?: () => t.LstmOptions }> = {
      "as it is": {},
      "recurrent dropout": { options: () => ({ recurrentDropoutMask: maskOf() }) },
      projection: { weights: () => ({ weightHr: parameter([2, hiddenSize]) }) },
      peepholes: { weights: () => ({ peepholes: parameter([3 * hiddenSize]) }) },
      "layer norm": { weights: () => ({ norm: lstmNorm() }) },
      "cell clip": { options: () => ({ cellClip: 0.4 }) },
      relu: { options: () => ({ activation: "relu" }) },
      "relu and layer norm": { weights: () => ({ norm: lstmNorm() }), options: () => ({ activation: "relu" }) },
      "all at once": {
        weights: () => ({
          weightHr: parameter([2, hiddenSize]),
          peepholes: parameter([3 * hiddenSize]),
          norm: lstmNorm(),
        }),
        options: () => ({ recurrentDropoutMask: maskOf(2), cellClip: 0.4 }),
      },
    };
    const lstmNorm = (): t.LstmNormWeights => ({
      gainIh: parameter([4 * hiddenSize]),
      gainHh: parameter([4 * hiddenSize]),
      gainCell: parameter([hiddenSize]),
      biasCell: parameter([hiddenSize]),
    });

    describe.each(Object.entries(lstmExtras))("lstm, %s", (_, { weights: extras, options }) => {
      test.each([false, true])("reverse %s", (reverse) => {
        const extra = extras?.() ?? {};
        const outputSize = extra.weightHr?.shape[0] ?? hiddenSize;
        const weights: t.LstmWeights = { ...recurrentWeights(4, outputSize), ...extra };
        const input = parameter([3, 4, inputSize]);
        const initialState = { hiddenState: parameter([3, outputSize]), cellState: parameter([3, hiddenSize]) };
        checkGradients(() => {
          const out = t.lstm(input, weights, { ...options?.(), lengths, reverse, initialState });
          return t.add(weighted(out.output), t.add(weighted(out.hiddenState), weighted(out.cellState)));
        }, [input, ...tensorsOf(weights), ...tensorsOf(initialState)]);
      });
    });

    describe.each([
      ["gru", t.gru, 3, {}],
      ["rnn with tanh", t.rnn, 1, {}],
      ["rnn with relu", t.rnn, 1, { activation: "relu" }],
    ] as const)("%s", (_, op, gates, kind) => {
      test.each([
        [false, false],
        [true, true],
      ])("reverse %s, recurrent dropout %s", (reverse, drops) => {
        const weights = recurrentWeights(gates);
        const input = parameter([3, 4, inputSize]);
        const initialState = { hiddenState: parameter([3, hiddenSize]) };
        const options = { lengths, reverse, initialState, ...kind, ...(drops && { recurrentDropoutMask: maskOf() }) };
        checkGradients(() => {
          const out = op(input, weights, options);
          return t.add(weighted(out.output), weighted(out.hiddenState));
        }, [input, ...tensorsOf(weights), ...tensorsOf(initialState)]);
      });
    });
  });

  test("a tensor that is used twice gets the sum", () => {
    checkGradients(([x]) => weighted(t.mul(t.add(x!, t.tanh(x!)), x!)), [parameter([3, 4])]);
  });

  test("the check itself fails on a wrong gradient", () => {
    const x = parameter([2]);
    expect(() => checkGradients(([p]) => t.sum(t.mul(p!, session.tensor(p!.readSync(), [2]))), [x])).toThrow(
      "checkGradients: parameter 0 [2], element 0",
    );
  });
});

test("gradients that are shared and summed on many paths agree with central differences", () => {
  const place = fc.nat();
  const operation = fc.tuple(fc.constantFrom(t.add, t.sub, t.mul), place, place);
  fc.assert(
    fc.property(fc.array(operation, { minLength: 2, maxLength: 8 }), (operations) => {
      using _ = session.scope();
      const parameters = [parameter([3]), parameter([3]), parameter([3])];
      const loss = () => {
        const values = [...parameters];
        for (const [op, left, right] of operations) {
          values.push(
            t.tanh(values[left % values.length]!),
            op(values[left % values.length]!, values[right % values.length]!),
          );
        }
        return values
          .slice(-4)
          .map(weighted)
          .reduce((sum, value) => t.add(sum, value));
      };
      checkGradients(loss, parameters, { eps: 1e-5, rtol: 1e-6 });
    }),
    { numRuns: 100 },
  );
});

test.each([false, true])("steps that attend to the same memory add up, keys as values: %s", (shared) => {
  const [queries, keys] = [parameter([2, 3, 4]), parameter([2, 5, 4])];
  const values = shared ? keys : parameter([2, 5, 4]);
  const loss = () => {
    const contexts = [0, 1, 2].map((step) => {
      const query = t.reshape(t.slice(queries, 1, step, step + 1), [2, 4]);
      return t.attend(query, keys, values, Int32Array.of(5, 2), { kind: "dot" }).context;
    });
    return weighted(t.concat([...contexts, t.reshape(keys, [10, 4])], 0));
  };
  checkGradients(loss, shared ? [queries, keys] : [queries, keys, values], { eps: 1e-5, rtol: 1e-6 });
});
