/** The loss of a whole model: its gradients, its count, and that padding moves nothing. */
import { evaluationStep, type PaddedIds, padIds } from "@cellstate/lstm-core";
import { backward, createSession, denseGradient, type Session } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { teacherForcing } from "../src/index.ts";
import "./matchers.ts";
import { randomRows, source, type TinyOptions, target, tinyModel, trainingStep } from "./support.ts";

function batchOf(srcLengths: readonly number[], tgtLengths: readonly number[]) {
  return {
    source: padIds(randomRows(srcLengths, source.vocabSize, 1), source.padId),
    target: padIds(randomRows(tgtLengths, target.vocabSize, 2), target.padId),
  };
}

/** The same rows with `extra` more steps of padding. */
function widen(rows: PaddedIds, extra: number, padId: number): PaddedIds {
  const seqLen = rows.seqLen + extra;
  const ids = new Int32Array(rows.batchSize * seqLen).fill(padId);
  for (let row = 0; row < rows.batchSize; row++) {
    ids.set(rows.ids.subarray(row * rows.seqLen, (row + 1) * rows.seqLen), row * seqLen);
  }
  return { ...rows, ids, seqLen };
}

const variants: readonly (TinyOptions & { readonly name: string })[] = [
  { name: "additive attention", attention: "additive" },
  { name: "general attention, tied embeddings", attention: "general", tieEmbeddings: true },
  { name: "two layers, dropout", numLayers: 2, dropout: 0.3, hiddenSize: 2 },
  { name: "layer norm", layerNorm: true },
  { name: "no input feeding", inputFeeding: false, attention: "general" },
];

test.each(variants)("gradients of the whole loss agree with central differences: $name", async (options) => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const model = tinyModel(session, options);
  const batch = batchOf([3, 0, 1], [2, 1, 0]);
  const loss = () => teacherForcing(model, batch, trainingStep(3, 5), { labelSmoothing: 0.1 }).loss;
  checkGradients(loss, [...model.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

function lossAndGradients(session: Session, model: ReturnType<typeof tinyModel>, batch: ReturnType<typeof batchOf>) {
  using _ = session.scope();
  const { loss, count } = teacherForcing(model, batch, trainingStep(batch.source.batchSize, 2), {
    labelSmoothing: 0.1,
  });
  const value = loss.readSync();
  const gradients = backward(loss);
  const dense = [...model.parameters()].map(
    ([name, tensor]) => [name, denseGradient(gradients.get(tensor)!).readSync()] as const,
  );
  return { value, count, gradients: dense };
}

test.each(variants)(
  "extra padding of source and target changes no bit of loss or gradients: $name",
  async (options) => {
    const session = await createSession({ backend: "reference" });
    const model = tinyModel(session, options);
    // 300 real source positions, more than one block of the sums over them.
    const lengths = Array.from({ length: 30 }, (_, row) => 5 + (row % 11));
    const batch = batchOf(lengths, [3, 1, 2, ...lengths.slice(3)]);
    const tight = lossAndGradients(session, model, batch);
    const wide = lossAndGradients(session, model, {
      source: widen(batch.source, 3, source.padId),
      target: widen(batch.target, 2, target.padId),
    });
    expect(wide.count).toBe(tight.count);
    expect(wide.value).toEqualTensorBits(tight.value);
    tight.gradients.forEach(([name, values], index) => {
      expect(wide.gradients[index]![1], name).toEqualTensorBits(values);
    });
  },
);

test("the count is the number of target tokens with one end for each row", async () => {
  const session = await createSession({ backend: "reference" });
  const { loss, count } = teacherForcing(tinyModel(session), batchOf([2, 3], [4, 0]), evaluationStep);
  expect(count).toBe(6);
  expect(loss.shape).toEqual([]);
});

test("batches that do not fit together or the vocabularies are refused", async () => {
  const session = await createSession({ backend: "reference" });
  const model = tinyModel(session);
  const { source: src, target: tgt } = batchOf([2, 3], [1, 1]);
  const lossOf = (batch: Parameters<typeof teacherForcing>[1]) => () => teacherForcing(model, batch, evaluationStep);
  expect(lossOf({ source: src, target: padIds([[3]], 0) })).toThrow(
    "teacherForcing: expected 2 target rows, one per source, got 1",
  );
  expect(lossOf({ source: src, target: padIds([[3], [10]], 0) })).toThrow(
    "teacherForcing: expected ids in [0, 10), got 10 in row 1",
  );
  expect(lossOf({ source: padIds([[3], [9]], 0), target: tgt })).toThrow(
    "Encoder: expected ids in [0, 9), got 9 in row 1",
  );
  expect(lossOf({ source: { ...src, lengths: Int32Array.of(2, 4) }, target: tgt })).toThrow(
    "Encoder: expected a length in [0, 3], got 4 in row 1",
  );
});
