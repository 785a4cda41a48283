import { BatchStateError, DataConfigError } from "@cellstate/data";
import { expect, test } from "vitest";
import { languageModelConfig } from "./config.ts";
import { StreamBatches } from "./streams.ts";

const streamsOf = (given: object) => {
  const model = { embedding: { size: 1 }, encoder: { hiddenSize: 1 } };
  return languageModelConfig.parse({ tokenizer: { kind: "char" }, model, streams: given }).streams;
};
const text = (length: number) => Int32Array.from({ length }, (_, place) => place);
const plain = { rows: 2, seed: 0, streams: streamsOf({ bptt: 3, resetShare: 0 }) };

function epochOf(batches: StreamBatches) {
  return Array.from({ length: batches.batchesPerEpoch }, () => {
    const { batch, tokens, epochEnded } = batches.next();
    const { read, next, steps, resets } = batch.batch;
    return { read: [...read], next: [...next], steps, resets: [...resets], tokens, epochEnded };
  });
}

test("each row of a batch goes on where it ended in the batch before, and begins anew with the epoch", () => {
  const batches = new StreamBatches(() => text(17), plain); // parts of 8
  const first = epochOf(batches);
  expect(first).toEqual([
    { read: [0, 1, 2, 8, 9, 10], next: [1, 2, 3, 9, 10, 11], steps: 3, resets: [1, 1], tokens: 6, epochEnded: false },
    {
      read: [3, 4, 5, 11, 12, 13],
      next: [4, 5, 6, 12, 13, 14],
      steps: 3,
      resets: [0, 0],
      tokens: 6,
      epochEnded: false,
    },
    { read: [6, 7, 14, 15], next: [7, 8, 15, 16], steps: 2, resets: [0, 0], tokens: 4, epochEnded: true },
  ]);
  expect(epochOf(batches)).toEqual(first);
});

test("drawn lengths read everything once, as many batches in each epoch, cut at other places", () => {
  const streams = streamsOf({ bptt: 20, randomLength: true });
  const batches = new StreamBatches(() => text(2001), { ...plain, streams });
  const epochs = [epochOf(batches), epochOf(batches)];
  for (const epoch of epochs) {
    expect(epoch.map(({ steps }) => steps).reduce((sum, steps) => sum + steps, 0)).toBe(1000);
    expect(epoch.flatMap(({ read, steps }) => read.slice(0, steps))).toEqual([...text(1000)]);
    expect(new Set(epoch.map(({ steps }) => steps)).size).toBeGreaterThan(5);
  }
  expect(epochs[0]!.map(({ steps }) => steps)).not.toEqual(epochs[1]!.map(({ steps }) => steps));
});

test("states begin anew in the share of rows that is asked for, drawn by the seed", () => {
  const options = { ...plain, rows: 10, streams: streamsOf({ bptt: 1, resetShare: 0.3 }) };
  const resets = (seed: number) =>
    epochOf(new StreamBatches(() => text(1001), { ...options, seed })).flatMap((batch) => batch.resets);
  const share = resets(0).reduce((sum, reset) => sum + reset, 0) / 1000;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.36); // those of the first batch included
  expect(resets(0)).not.toEqual(resets(1));
});

test("a position goes on in the same streams only", () => {
  const streams = streamsOf({ bptt: 3, randomLength: true });
  const make = (changes = {}) =>
    new StreamBatches((epoch) => text(90).map((id) => id + epoch), { ...plain, streams, ...changes });
  const batches = make();
  for (let batch = 0; batch < batches.batchesPerEpoch + 2; batch++) batches.next();
  const state = JSON.parse(JSON.stringify(batches.state())) as object;
  const following = batches.next();
  const resumed = make();
  resumed.load(state);
  expect(resumed.next()).toEqual(following);
  expect(() => make({ seed: 1 }).load(state)).toThrow(BatchStateError);
  expect(() => resumed.load({ ...state, rows: 3 })).toThrow(
    "stream position: expected rows 2, got rows 3; resume with",
  );
  expect(() => resumed.load({ ...state, batch: 400 })).toThrow("got batch 400");
  expect(() => resumed.load(null)).toThrow("expected formatVersion 1, got formatVersion undefined");
});

test("more rows than tokens are refused by the key to change", () => {
  expect(() => new StreamBatches(() => text(20), { ...plain, rows: 20 })).toThrow(DataConfigError);
  expect(() => new StreamBatches(() => text(20), { ...plain, rows: 20 })).toThrow(
    "training.batchSize: the training text has 19 tokens, too few for 20 rows",
  );
});
