/** A tiny model learns to reverse its input, and both searches decode it exactly. */
import { loadStateDict, padIds, stateDict } from "@cellstate/lstm-core";
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { beamSearch, greedySearch } from "../src/index.ts";
import { makeTrainer, randomRows, source, type TinyOptions, target, tinyModel } from "./support.ts";

test.each([
  { name: "additive attention", attention: "additive" },
  { name: "general attention, tied embeddings", attention: "general", tieEmbeddings: true },
  { name: "GRUs", recurrent: { kind: "gru" } },
  { name: "simple RNNs", recurrent: { kind: "rnn" } },
  { name: "blocks of sLSTMs", recurrent: { kind: "slstm", block: true } },
  {
    name: "all options of the LSTM",
    recurrent: { projectionSize: 16, peepholes: true, gateLayerNorm: true, cellClip: 3 },
  },
] as const)("a model with $name overfits reversal and decodes it by greedy and beam search", async (options) => {
  const session = await createSession({ backend: "reference" });
  const size: TinyOptions = { ...options, hiddenSize: 20, embeddingSize: 12 };
  const model = tinyModel(session, size);
  const rows = randomRows([1, 2, 3, 4, 4, 3, 5, 2], source.vocabSize, 3);
  const references = rows.map((row) => row.toReversed());
  const batch = { source: padIds(rows, source.padId), target: padIds(references, target.padId) };
  const train = makeTrainer(session, model, 0.01);
  const losses = Array.from({ length: 150 }, () => train(batch));
  expect(losses[0]).toBeGreaterThan(1.5);
  expect(losses.at(-1)).toBeLessThan(0.1);

  const greedy = await greedySearch(model, batch.source, { maxDecodeLen: 10 });
  expect(greedy.map(({ ids }) => ids)).toEqual(references);
  const beam = await beamSearch(model, batch.source, { beamSize: 4, lengthPenalty: 0.6, maxDecodeLen: 10 });
  expect(beam.map(([best]) => best!.ids)).toEqual(references);

  const restored = tinyModel(session, { ...size, seed: 2 });
  loadStateDict(restored, stateDict(model));
  expect(await greedySearch(restored, batch.source, { maxDecodeLen: 10 })).toEqual(greedy);
});
