/** Searches on a real model: batches, beams of one, attention weights, and memory that stays flat. */
import { padIds } from "@cellstate/lstm-core";
import { backward, createSession, type Session, square, sum } from "@cellstate/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { beamSearch, greedySearch, lengthPenalty, type Seq2Seq } from "../src/index.ts";
import { randomRows, source, target, tinyModel } from "./support.ts";

let session: Session;
let model: Seq2Seq;

/** Untrained weights made larger, so that hypotheses differ and end at different lengths. */
function livelyModel(seed: number): Seq2Seq {
  const lively = tinyModel(session, { hiddenSize: 6, numLayers: 2, seed });
  for (const [name, tensor] of lively.parameters()) {
    const factor = name.startsWith("decoder.output") ? 6 : 3;
    tensor.write(tensor.readSync().map((value) => factor * value));
  }
  const bias = lively.decoder.outputBias.readSync();
  bias[target.eosId] = 3;
  lively.decoder.outputBias.write(bias);
  return lively;
}

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
  model = livelyModel(4);
});

const rowsOf = (lengths: readonly number[], seed: number) => randomRows(lengths, source.vocabSize, seed);
const someLengths = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
const options = { beamSize: 3, lengthPenalty: 0.8, maxDecodeLen: 8, nBest: 3 };

test("the model of these tests ends some hypotheses early and cuts others", async () => {
  const found = await greedySearch(model, padIds(rowsOf([1, 2, 3, 4, 5, 6, 6, 6], 1), source.padId), {
    maxDecodeLen: 8,
  });
  expect(new Set(found.map(({ ids }) => ids.length)).size).toBeGreaterThan(2);
  expect(new Set(found.map(({ finished }) => finished)).size).toBe(2);
});

test("a batch equals its rows decoded alone, to the bit, by greedy and by beam search", async () => {
  await fc.assert(
    fc.asyncProperty(someLengths, fc.nat(1000), async (lengths, seed) => {
      const rows = rowsOf(lengths, seed);
      const batch = padIds(rows, source.padId);
      const greedy = await greedySearch(model, batch, options);
      const beam = await beamSearch(model, batch, options);
      for (const [index, row] of rows.entries()) {
        const alone = padIds([row], source.padId);
        expect(await greedySearch(model, alone, options)).toEqual([greedy[index]]);
        expect(await beamSearch(model, alone, options)).toEqual([beam[index]]);
      }
    }),
    { numRuns: 20 },
  );
});

test("a beam of one equals greedy search", async () => {
  await fc.assert(
    fc.asyncProperty(someLengths, fc.nat(1000), async (lengths, seed) => {
      const batch = padIds(rowsOf(lengths, seed), source.padId);
      const greedy = await greedySearch(model, batch, options);
      const beamOfOne = (alpha: number) =>
        beamSearch(model, batch, { beamSize: 1, lengthPenalty: alpha, maxDecodeLen: options.maxDecodeLen });
      expect(await beamOfOne(0)).toEqual(greedy.map((hypothesis) => [hypothesis]));
      const penalized = greedy.map((hypothesis) => {
        const penalty = lengthPenalty(hypothesis.attentionWeights.length, 0.8);
        return [{ ...hypothesis, score: hypothesis.logProb / penalty }];
      });
      expect(await beamOfOne(0.8)).toEqual(penalized);
    }),
    { numRuns: 20 },
  );
});

test("attention weights are one row per token of the true source length and sum to 1", async () => {
  const rows = rowsOf([2, 6, 0, 4], 7);
  for (const hypotheses of await beamSearch(model, padIds(rows, source.padId), options)) {
    for (const { ids, finished, attentionWeights } of hypotheses)
      expect(attentionWeights).toHaveLength(ids.length + Number(finished));
  }
  const found = await greedySearch(model, padIds(rows, source.padId), options);
  found.forEach(({ attentionWeights }, index) => {
    for (const weights of attentionWeights) {
      expect(weights).toHaveLength(rows[index]!.length);
      if (weights.length > 0) expect([...weights].reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 5);
    }
  });
});

test("padding and start are never produced, however likely", async () => {
  const eager = livelyModel(5);
  const bias = eager.decoder.outputBias.readSync();
  bias[target.padId] = 50;
  bias[target.bosId] = 40;
  eager.decoder.outputBias.write(bias);
  const batch = padIds(rowsOf([3, 4], 2), source.padId);
  for (const hypotheses of await beamSearch(eager, batch, options)) {
    for (const { ids } of hypotheses) expect(ids.every((id) => id > target.eosId)).toBe(true);
  }
});

test("memory does not grow with the length of what is decoded", async () => {
  const peakOf = async (maxDecodeLen: number) => {
    const own = await createSession({ backend: "reference" });
    const endless = tinyModel(own, { hiddenSize: 6 });
    const bias = endless.decoder.outputBias.readSync();
    bias[target.eosId] = -100;
    endless.decoder.outputBias.write(bias);
    await beamSearch(endless, padIds(rowsOf([4, 5], 3), source.padId), { beamSize: 3, lengthPenalty: 1, maxDecodeLen });
    return own.peakBytes();
  };
  expect(await peakOf(60)).toBe(await peakOf(4));
});

test("an empty batch gives no results and a failed search leaves the session usable", async () => {
  expect(await beamSearch(model, padIds([], source.padId), options)).toEqual([]);
  expect(await greedySearch(model, padIds([], source.padId), options)).toEqual([]);
  await expect(greedySearch(model, padIds([[99]], source.padId), options)).rejects.toThrow("got 99 in row 0");
  expect(await greedySearch(model, padIds([[3]], source.padId), options)).toHaveLength(1);
  expect(backward(sum(square(model.decoder.outputBias))).get(model.decoder.outputBias)).toBeDefined();
});

test("options outside their range are refused", async () => {
  const batch = padIds([[3]], source.padId);
  const search = (change: object) => beamSearch(model, batch, { ...options, ...change });
  await expect(search({ beamSize: 0 })).rejects.toThrow("beamSearch: expected beamSize to be an integer >= 1, got 0");
  await expect(search({ nBest: 4 })).rejects.toThrow("beamSearch: expected nBest to be at most beamSize 3, got 4");
  await expect(search({ lengthPenalty: -1 })).rejects.toThrow("expected lengthPenalty to be a number >= 0, got -1");
  await expect(greedySearch(model, batch, { maxDecodeLen: 0 })).rejects.toThrow(
    "greedySearch: expected maxDecodeLen to be an integer >= 1, got 0",
  );
});
