/** An LSTM that attends: same bits on every backend and as its composition from other ops, and gradients that are right. */
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { checkGradients } from "../src/testing/index.ts";
import { type Build, comparison, onEveryBackend, resultsOf } from "./every-backend.ts";

const { agree, forShapes } = comparison(onEveryBackend());

interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly vectorSize: number;
  readonly hiddenSize: number;
  readonly attentionalSize: number;
  readonly srcLen: number;
  readonly querySize: number;
  readonly valueSize: number;
}

interface Variant {
  readonly isAdditive: boolean;
  readonly isFed: boolean;
}

const variants: readonly Variant[] = [
  { isAdditive: false, isFed: true },
  { isAdditive: true, isFed: true },
  { isAdditive: false, isFed: false },
  { isAdditive: true, isFed: false },
];

interface Case {
  readonly input: t.Tensor;
  readonly weights: t.AttentionalLstmWeights;
  readonly source: t.AttendedSource;
  readonly state: t.AttentionalLstmState;
}

type Make = (shape: readonly number[], scale?: number) => t.Tensor;

function makeCase(make: Make, sizes: Sizes, { isAdditive, isFed }: Variant): Case {
  const { batch, time, vectorSize, hiddenSize, attentionalSize, srcLen, valueSize } = sizes;
  const querySize = isAdditive ? sizes.querySize : hiddenSize;
  const gates = 4 * hiddenSize;
  return {
    input: make([batch, time, vectorSize]),
    weights: {
      lstm: {
        weightIh: make([gates, vectorSize + (isFed ? attentionalSize : 0)], 0.5),
        weightHh: make([gates, hiddenSize], 0.5),
        biasIh: make([gates]),
        biasHh: make([gates]),
      },
      query: isAdditive ? make([querySize, hiddenSize]) : undefined,
      energy: isAdditive ? make([querySize]) : undefined,
      combine: make([attentionalSize, valueSize + hiddenSize], 0.4),
    },
    source: {
      keys: make([batch, srcLen, querySize]),
      values: make([batch, srcLen, valueSize]),
      lengths: Int32Array.from({ length: batch }, (_, row) => (srcLen + row * 3) % (srcLen + 1)),
    },
    state: {
      hiddenState: make([batch, hiddenSize]),
      cellState: make([batch, hiddenSize]),
      attentional: isFed ? make([batch, attentionalSize]) : undefined,
    },
  };
}

type Outputs = readonly [output: t.Tensor, hiddenState: t.Tensor, cellState: t.Tensor, attentionWeights: t.Tensor];

function fused({ input, weights, source, state }: Case): Outputs {
  const { output, hiddenState, cellState, attentionWeights } = t.attentionalLstm(input, weights, source, state);
  return [output, hiddenState, cellState, attentionWeights];
}

/** The definition in terms of other ops. */
function composed({ input, weights, source, state }: Case): Outputs {
  const [batch, time, vectorSize] = input.shape as [number, number, number];
  const { keys, values, lengths } = source;
  const score: t.AttentionScore = weights.energy ? { kind: "additive", energy: weights.energy } : { kind: "dot" };
  const [outputs, attentionWeights]: [t.Tensor[], t.Tensor[]] = [[], []];
  let { hiddenState, cellState, attentional } = state;
  for (let step = 0; step < time; step++) {
    const vectors = t.reshape(t.slice(input, 1, step, step + 1), [batch, vectorSize]);
    const read = attentional ? t.concat([vectors, attentional], 1) : vectors;
    const initialState = { hiddenState, cellState };
    ({ hiddenState, cellState } = t.lstm(t.unsqueeze(read, 1), weights.lstm, { initialState }));
    const query = weights.query ? t.linear(hiddenState, weights.query) : hiddenState;
    const attended = t.attend(query, keys, values, lengths, score);
    const found = t.tanh(t.linear(t.concat([attended.context, hiddenState], 1), weights.combine));
    if (attentional) attentional = found;
    outputs.push(found);
    attentionWeights.push(attended.weights);
  }
  return [t.stack(outputs, 1), hiddenState, cellState, t.stack(attentionWeights, 1)];
}

const sizesOf = ([
  batch,
  time,
  vectorSize,
  hiddenSize,
  attentionalSize,
  srcLen,
  querySize,
  valueSize,
]: readonly number[]) =>
  ({ batch, time, vectorSize, hiddenSize, attentionalSize, srcLen, querySize, valueSize }) as Sizes;

const extents = [7, 4, 20, 19, 21, 6, 18, 22];

const fusedBuild =
  (variant: Variant) =>
  (shape: readonly number[]): Build =>
  (_session, make) => [...fused(makeCase(make, sizesOf(shape), variant))];

test.each(variants)("every backend gives the same bits, $isAdditive $isFed", (variant) => {
  forShapes(extents, fusedBuild(variant), 10);
});

test("the same with threads that own rows or columns, and several panels of the input's weight", () => {
  for (const variant of variants) {
    agree(1, fusedBuild(variant)([33, 3, 20, 24, 30, 5, 18, 22]));
    agree(4, fusedBuild(variant)([70, 2, 30, 40, 50, 5, 18, 22]));
    agree(2, fusedBuild(variant)([3, 3, 70, 150, 140, 5, 90, 130]));
    agree(3, fusedBuild(variant)([1, 2, 70, 150, 140, 5, 90, 130]));
  }
});

test.each(variants)("it gives the bits of its composition, additive $isAdditive, fed $isFed", async (variant) => {
  const session = await t.createSession({ backend: "reference" });
  for (const [seed, shape] of [
    [3, 3, 5, 6, 7, 4, 5, 6],
    [1, 1, 3, 4, 5, 3, 4, 2],
    [2, 4, 9, 3, 2, 5, 7, 300],
    [300, 3, 2, 3, 2, 3, 2, 2],
  ].entries()) {
    const [got, want] = [fused, composed].map((run) =>
      resultsOf(session, seed, (_session, make) => [...run(makeCase(make, sizesOf(shape), variant))])
        // Only the sign of a zero may differ: a composition adds up some gradients from +0, others from their first term.
        .map((values) => Array.from(values, (value) => value + 0)),
    );
    expect(got).toHaveLength(14 + (variant.isAdditive ? 2 : 0) + (variant.isFed ? 1 : 0)); // outputs and all gradients
    expect(got).toEqual(want);
  }
});

test("gradients agree with central differences", async () => {
  const session = await t.createSession({ backend: "reference", dtype: "float64" });
  const sizes = sizesOf([3, 2, 2, 3, 2, 3, 2, 2]);
  for (const variant of variants) {
    const parameters: t.Tensor[] = [];
    const make: Make = (shape) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const data = new t.Rng(4).stream(`${parameters.length}`).uniform(size, -1, 1);
      parameters.push(session.tensor(data, shape, { requiresGrad: true }));
      return parameters.at(-1)!;
    };
    const from = makeCase(make, sizes, variant);
    const loss = () =>
      fused(from)
        .map((output) => t.sum(t.square(output)))
        .reduce((a, b) => t.add(a, b));
    checkGradients(loss, parameters, { eps: 1e-5, rtol: 1e-6 });
  }
});

test("steps one by one give the bits of all steps at once", () => {
  for (const variant of variants) {
    agree(5, (_session, make) => {
      const { input, weights, source, state } = makeCase(make, sizesOf([4, 3, 9, 12, 10, 5, 7, 8]), variant);
      let before = state;
      const outputs = [0, 1, 2].map((step) => {
        const { output, ...after } = t.attentionalLstm(t.slice(input, 1, step, step + 1), weights, source, before);
        before = { ...after, attentional: variant.isFed ? t.reshape(output, [4, 10]) : undefined };
        return output;
      });
      const whole = t.attentionalLstm(input, weights, source, state);
      expect(t.concat(outputs, 1).readSync()).toEqual(whole.output.readSync());
      expect(before.cellState.readSync()).toEqual(whole.cellState.readSync());
      return [...outputs, before.hiddenState, before.cellState];
    });
  }
});

test("a batch of more rows than a block of sums", () => {
  agree(6, fusedBuild(variants[1]!)([300, 2, 3, 4, 5, 3, 2, 2]));
});

test("tensors that do not fit are named", async () => {
  const session = await t.createSession({ backend: "reference" });
  const from = makeCase((shape) => session.zeros(shape), sizesOf([2, 3, 4, 5, 6, 7, 5, 8]), variants[0]!);
  const run = (change: Partial<Case>) => () => fused({ ...from, ...change });
  const { weights, source, state } = from;
  expect(run({ weights: { ...weights, combine: session.zeros([6, 12]) } })).toThrow(
    "attentionalLstm: expected weights.combine of shape [6, 13], got [6, 12]",
  );
  expect(run({ state: { ...state, attentional: undefined } })).toThrow(
    "attentionalLstm: expected weights.lstm.weightIh of shape [20, 4], got [20, 10]",
  );
  expect(run({ input: session.zeros([2, 0, 4]) })).toThrow("with a time of at least 1, got [2, 0, 4]");
  expect(run({ source: { ...source, lengths: Int32Array.of(7, 8) } })).toThrow("expected lengths in [0, 7]");
});
