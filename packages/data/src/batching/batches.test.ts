import fc from "fast-check";
import { expect, test } from "vitest";
import { createBatches, evaluationBatches } from "./batches.ts";
import { BucketBatcher } from "./bucket-batcher.ts";

const lengthLists = fc.array(fc.nat(60), { minLength: 1, maxLength: 300 });

test("every example occurs once and only one batch is short", () => {
  fc.assert(
    fc.property(
      lengthLists,
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      fc.boolean(),
      (lengths, batchSize, seed, bucketing) => {
        const batches = createBatches(lengths, { batchSize, seed, epoch: 2, bucketing });
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        expect(batches.filter((batch) => batch.length < batchSize).length).toBeLessThanOrEqual(1);
        expect(batches.length).toBe(Math.ceil(lengths.length / batchSize));
      },
    ),
  );
});

test("equal arguments give equal batches and another epoch or seed gives others", () => {
  const lengths = Array.from({ length: 500 }, (_, i) => (i * 7) % 40);
  const make = (seed: number, epoch: number) => createBatches(lengths, { batchSize: 16, seed, epoch });
  expect(make(1, 0)).toEqual(make(1, 0));
  expect(make(1, 0)).not.toEqual(make(1, 1));
  expect(make(1, 0)).not.toEqual(make(2, 0));
});

test("bucketing puts similar lengths together", () => {
  const lengths = Array.from({ length: 2000 }, (_, i) => 1 + ((i * 37) % 50));
  const padding = (bucketing: boolean) => {
    let padded = 0;
    for (const batch of createBatches(lengths, { batchSize: 32, seed: 0, epoch: 0, bucketing })) {
      const longest = Math.max(...batch.map((i) => lengths[i] as number));
      padded += batch.reduce((sum, i) => sum + longest - (lengths[i] as number), 0);
    }
    return padded;
  };
  expect(padding(true)).toBeLessThan(padding(false) / 10);
});

test("a curriculum begins with the shortest examples, takes more each epoch, and then all", () => {
  const lengths = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 100));
  const curriculum = { startShare: 0.1, epochs: 3 };
  const epochs = [0, 1, 2, 3, 4].map((epoch) => createBatches(lengths, { batchSize: 16, seed: 0, epoch, curriculum }));
  const longest = epochs.map((batches) => Math.max(...batches.flat().map((i) => lengths[i]!)));
  expect(longest).toEqual([10, 59, 82, 100, 100]);
  expect(new Set(epochs.map(({ length }) => length))).toEqual(new Set([63]));
  // Each short one as often as every other, and the later epochs are those of no curriculum.
  const counts = new Map<number, number>();
  for (const index of epochs[0]!.flat()) counts.set(index, (counts.get(index) ?? 0) + 1);
  expect([...counts.values()]).toEqual(Array.from({ length: 100 }, () => 10));
  expect(epochs[3]).toEqual(createBatches(lengths, { batchSize: 16, seed: 0, epoch: 3 }));
  expect(() =>
    createBatches(lengths, { batchSize: 16, seed: 0, epoch: 0, curriculum: { startShare: 0, epochs: 1 } }),
  ).toThrow("expected startShare to be above 0 and at most 1, got 0");
});

test("a batcher with a curriculum goes on from its saved state, and one without it is refused", () => {
  const lengths = Array.from({ length: 50 }, (_, i) => i);
  const options = { batchSize: 8, seed: 1, curriculum: { startShare: 0.3, epochs: 2 } };
  const walk = new BucketBatcher(lengths, options);
  for (let i = 0; i < 9; i++) walk.next();
  const restored = BucketBatcher.fromState(lengths, options, JSON.parse(JSON.stringify(walk.state())));
  for (let i = 0; i < 20; i++) expect(restored.next()).toEqual(walk.next());
  const other = { ...options, curriculum: { startShare: 0.3, epochs: 3 } };
  expect(() => BucketBatcher.fromState(lengths, other, walk.state())).toThrow("it was saved with curriculumEpochs 2");
  const without = new BucketBatcher(lengths, { batchSize: 8, seed: 1 }).state();
  expect(() => BucketBatcher.fromState(lengths, options, without)).toThrow(
    "it was saved with curriculumStartShare undefined",
  );
});

test("evaluation goes by rising length, equal lengths in file order", () => {
  expect(evaluationBatches([3, 1, 2, 1, 3], { batchSize: 2 })).toEqual([[1, 3], [2, 0], [4]]);
});

test("a batcher restored from its saved state goes on with the same batches", () => {
  fc.assert(
    fc.property(
      lengthLists,
      fc.integer({ min: 1, max: 20 }),
      fc.nat(100),
      fc.nat(60),
      (lengths, batchSize, seed, steps) => {
        const options = { batchSize, seed };
        const walk = new BucketBatcher(lengths, options);
        for (let i = 0; i < steps; i++) walk.next();
        const restored = BucketBatcher.fromState(lengths, options, JSON.parse(JSON.stringify(walk.state())));
        for (let i = 0; i < 30; i++) expect(restored.next()).toEqual(walk.next());
      },
    ),
    { numRuns: 50 },
  );
});

test("a batcher walks epoch after epoch and says where an epoch ends", () => {
  const walk = new BucketBatcher([1, 2, 3], { batchSize: 2, seed: 0 });
  const steps = [walk.next(), walk.next(), walk.next()];
  expect(walk.batchesPerEpoch).toBe(2);
  expect(steps.map(({ epoch, batch, endsEpoch }) => ({ epoch, batch, endsEpoch }))).toEqual([
    { epoch: 0, batch: 0, endsEpoch: false },
    { epoch: 0, batch: 1, endsEpoch: true },
    { epoch: 1, batch: 0, endsEpoch: false },
  ]);
});

test("a state that is newer, malformed or of other data is refused by name", () => {
  const options = { batchSize: 2, seed: 0 };
  const state = new BucketBatcher([1, 2, 3], options).state();
  const restore = (saved: unknown) => () => BucketBatcher.fromState([1, 2, 3], options, saved);
  expect(restore({ ...state, formatVersion: 2 })).toThrow("formatVersion 2 is newer than 1");
  expect(restore({ ...state, formatVersion: "1" })).toThrow("expected formatVersion 1, got 1");
  expect(restore({ ...state, examples: 4 })).toThrow("it was saved with examples 4, but examples is now 3");
  expect(restore({ ...state, batch: 9 })).toThrow("batch 9 is past the 2 of an epoch");
  expect(restore({ ...state, epoch: -1 })).toThrow("expected whole numbers epoch and batch, got -1 and 0");
  expect(restore(null)).toThrow("expected an object, got null");
});

test("sizes out of range are refused", () => {
  expect(() => createBatches([1], { batchSize: 0, seed: 0, epoch: 0 })).toThrow(
    "expected batchSize to be an integer >= 1, got 0",
  );
  expect(() => evaluationBatches([], { batchSize: 2 })).toThrow("expected at least one example, got none");
});
