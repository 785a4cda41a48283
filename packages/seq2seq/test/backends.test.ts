/** The wasm backend gives the bits of the reference backend, in training and in search, with any number of threads. */
import { padIds } from "@cellstate/lstm-core";
import { backward, createSession, denseGradient } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { beamSearch, teacherForcing } from "../src/index.ts";
import { randomRows, source, target, tinyModel, trainingStep } from "./support.ts";

async function run(backend: "reference" | "wasm", threads: number, attention: "additive" | "general") {
  const session = await createSession({ backend, threads });
  const model = tinyModel(session, { attention, hiddenSize: 13, embeddingSize: 10, numLayers: 2, dropout: 0.2 });
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
    found: await beamSearch(model, batch.source, { beamSize: 3, lengthPenalty: 0.6, maxDecodeLen: 6, nBest: 3 }),
  };
  await session.dispose();
  return result;
}

test.each(["additive", "general"] as const)("with %s attention", async (attention) => {
  const reference = await run("reference", 1, attention);
  expect(await run("wasm", 1, attention)).toEqual(reference);
  expect(await run("wasm", 2, attention)).toEqual(reference);
});
