/** Layers and losses against numbers that PyTorch computed: see golden/make_lstm_golden.py. */
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  Rng,
  type Session,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { crossEntropy, Embedding, Lstm, type LstmState, loadStateDict } from "../src/index.ts";
import { type GoldenTensor, goldenCrossEntropies, goldenEmbedding, goldenLstms } from "./golden-files.ts";

// float32 accumulates a few roundings of 6e-8; float64 is limited by the 15 digits of the files.
const precisions = [
  { dtype: "float64", tolerance: 1e-10 },
  { dtype: "float32", tolerance: 1e-5 },
] as const;

function expectClose(got: ArrayLike<number>, golden: { readonly data: readonly number[] }, tolerance: number): void {
  expect(got.length).toBe(golden.data.length);
  for (let i = 0; i < got.length; i++) {
    const error = Math.abs(got[i]! - golden.data[i]!) / Math.max(1, Math.abs(golden.data[i]!));
    expect(error, `element ${i}: ${got[i]} against ${golden.data[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

function tensorOf(session: Session, golden: GoldenTensor, requiresGrad = false): Tensor {
  return session.tensor(golden.data, golden.shape, { requiresGrad });
}

/** Row `index` of a golden tensor's first axis. */
function part(golden: GoldenTensor, index: number): GoldenTensor {
  const [count, ...shape] = golden.shape as [number, ...number[]];
  const size = golden.data.length / count;
  return { shape, data: golden.data.slice(index * size, (index + 1) * size) };
}

describe.each(precisions)("in $dtype", ({ dtype, tolerance }) => {
  test.each(goldenLstms)("an Lstm equals PyTorch's, forward and backward: $name", async (golden) => {
    const session = await createSession({ backend: "reference", dtype });
    const { inputSize, hiddenSize, numLayers, bidirectional } = golden;
    const options = { inputSize, hiddenSize, numLayers, bidirectional, dropoutRate: 0 };
    const layer = new Lstm(session, { ...options, stream: new Rng(1).stream("golden") });
    const saved = Object.entries(golden.parameters).map(([name, { shape, data }]) => {
      return [
        name,
        { dtype, shape, data: dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data) },
      ] as const;
    });
    loadStateDict(layer, new Map(saved));
    const input = tensorOf(session, golden.input, true);
    const { initialHidden, initialCell } = golden;
    const initialState: LstmState[] | undefined =
      initialHidden && initialCell
        ? Array.from({ length: initialHidden.shape[0]! }, (_, index) => ({
            hiddenState: tensorOf(session, part(initialHidden, index), true),
            cellState: tensorOf(session, part(initialCell, index), true),
          }))
        : undefined;
    const result = layer.forward(input, { lengths: Int32Array.from(golden.lengths), initialState });

    expectClose(result.output.readSync(), golden.output, tolerance);
    let loss = sum(mul(result.output, tensorOf(session, golden.outputFactor)));
    result.state.forEach(({ hiddenState, cellState }, index) => {
      expectClose(hiddenState.readSync(), part(golden.hiddenState, index), tolerance);
      expectClose(cellState.readSync(), part(golden.cellState, index), tolerance);
      loss = add(loss, sum(mul(hiddenState, tensorOf(session, part(golden.hiddenFactor, index)))));
      loss = add(loss, sum(mul(cellState, tensorOf(session, part(golden.cellFactor, index)))));
    });

    const gradients = backward(loss);
    const gradientOf = (tensor: Tensor) => denseGradient(gradients.get(tensor)!).readSync();
    expectClose(gradientOf(input), golden.inputGradient, tolerance);
    for (const [name, parameter] of layer.parameters()) {
      expectClose(gradientOf(parameter), golden.parameterGradients[name]!, tolerance);
    }
    initialState?.forEach(({ hiddenState, cellState }, index) => {
      expectClose(gradientOf(hiddenState), part(golden.initialHiddenGradient!, index), tolerance);
      expectClose(gradientOf(cellState), part(golden.initialCellGradient!, index), tolerance);
    });
  });

  test("an Embedding with a padding row equals PyTorch's, forward and backward", async () => {
    const session = await createSession({ backend: "reference", dtype });
    const { weight, ids, factor, paddingIndex, output, weightGradient } = goldenEmbedding;
    const layer = new Embedding(session, {
      vocabSize: weight.shape[0]!,
      embeddingSize: weight.shape[1]!,
      paddingIndex,
      stream: new Rng(1).stream("golden"),
    });
    layer.weight.write(weight.data);
    const vectors = layer.forward(session.tensor(ids, [2, 3], { dtype: "int32" }));
    expectClose(vectors.readSync(), output, tolerance);
    const gradient = backward(sum(mul(vectors, tensorOf(session, factor)))).get(layer.weight)!;
    expect(gradient.kind).toBe("sparse");
    expectClose(denseGradient(gradient).readSync(), weightGradient, tolerance);
  });

  test.each(goldenCrossEntropies)("crossEntropy equals PyTorch's, forward and backward: $name", async (golden) => {
    const session = await createSession({ backend: "reference", dtype });
    const logits = tensorOf(session, golden.logits, true);
    const loss = crossEntropy(logits, Int32Array.from(golden.targets), {
      classWeights: golden.classWeights === null ? undefined : tensorOf(session, golden.classWeights),
      labelSmoothing: golden.labelSmoothing,
    });
    expectClose([loss.item()], { data: [golden.loss] }, tolerance);
    expectClose(denseGradient(backward(loss).get(logits)!).readSync(), golden.logitsGradient, tolerance);
  });
});
