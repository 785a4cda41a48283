/** Decoders that run as one op give the bits of those that compose their steps. */
import { evaluationStep, padIds } from "@cellstate/lstm-core";
import { backward, createSession, denseGradient } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { beamSearch, teacherForcing } from "../src/index.ts";
import { randomRows, source, type TinyOptions, target, tinyModel, trainingStep } from "./support.ts";

/** A loss, all gradients, the loss in evaluation, and what a beam finds. */
async function run(options: TinyOptions, recurrent: Readonly<Record<string, unknown>>) {
  const session = await createSession({ backend: "wasm", threads: 2 });
  const model = tinyModel(session, { ...options, hiddenSize: 13, embeddingSize: 10, dropout: 0.2, recurrent });
  const batch = {
    source: padIds(randomRows([5, 2, 9, 0], source.vocabSize, 1), source.padId),
    target: padIds(randomRows([3, 6, 1, 2], target.vocabSize, 2), target.padId),
  };
  const { loss } = teacherForcing(model, batch, trainingStep(4), { labelSmoothing: 0.1 });
  const gradients = backward(loss);
  const result = {
    loss: loss.item(),
    gradients: [...model.parameters()].map(([name, tensor]) => [
      name,
      denseGradient(gradients.get(tensor)!).readSync(),
    ]),
    evaluated: teacherForcing(model, batch, evaluationStep).loss.item(),
    found: await beamSearch(model, batch.source, { beamSize: 3, lengthPenalty: 0.6, maxDecodeLen: 6, nBest: 3 }),
  };
  await session.dispose();
  return result;
}

test.each([
  { attention: "additive" },
  { attention: "general" },
  { attention: "general", inputFeeding: false },
  { attention: "additive", tieEmbeddings: true },
] as const)("%j", async (options) => {
  // A cell clip composes the steps; one that no cell reaches changes nothing.
  expect(await run(options, {})).toEqual(await run(options, { cellClip: 1e30 }));
});
