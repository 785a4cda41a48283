import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { ExampleWalk } from "../../batching/examples.ts";
import { BatchStateError, ShardError } from "../../errors.ts";
import { openShards, ShardWriter } from "./shard-writer.ts";
import type { ShardedExamples } from "./sharded-examples.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shards-"));
});

interface Example {
  readonly index: number;
  readonly ids: readonly number[];
  readonly label: string | undefined;
}

const sizeOf = (index: number) => 1 + ((index * 37) % 50);
const exampleOf = (index: number): Example => ({
  index,
  ids: new Array<number>(sizeOf(index)).fill(index),
  label: index % 3 === 0 ? undefined : `label ${index}`,
});

async function write(
  count: number,
  shuffleBuffer: number,
  { key = "key", at = folder } = {},
): Promise<ShardedExamples<Example>> {
  const writer = new ShardWriter<Example>({ folder: at, key, shuffleBuffer });
  for (let index = 0; index < count; index++) await writer.add(exampleOf(index), sizeOf(index));
  return writer.finish();
}

async function take(walk: ExampleWalk<Example>, batches: number) {
  const taken: { readonly places: readonly number[]; readonly examples: readonly Example[]; readonly ends: boolean }[] =
    [];
  for (let i = 0; i < batches; i++) {
    const { places, examples, endsEpoch } = await walk.next();
    taken.push({ places: [...places], examples, ends: endsEpoch });
  }
  return taken;
}

const numbers = (count: number) => [...Array(count).keys()];
const sorted = (places: readonly number[]) => [...places].sort((a, b) => a - b);

describe("a folder of shards", () => {
  test("gives its examples back in file order, again and again, also when it is opened anew", async () => {
    const written = await write(100, 64);
    const opened = await openShards<Example>({ folder, key: "key", shuffleBuffer: 64 });
    for (const examples of [written, written, opened!]) {
      const read: Example[] = [];
      for await (const example of examples) read.push(example);
      expect(read).toEqual(numbers(100).map(exampleOf));
    }
    expect(opened).toMatchObject({ length: 100, totalSize: written.totalSize });
    expect(written.totalSize).toBe(numbers(100).reduce((sum, index) => sum + sizeOf(index), 0));
    expect((await readdir(folder)).filter((file) => file.startsWith("shard-"))).toHaveLength(13); // 64 / 8 in each
  });

  test("keeps typed arrays and bytes as they are", async () => {
    const writer = new ShardWriter<unknown>({ folder, key: "", shuffleBuffer: 4 });
    const example = { series: Float32Array.of(1, 2.5), bytes: Uint8Array.of(1, 2), nothing: undefined };
    await writer.add(example, 2);
    for await (const read of await writer.finish()) expect(read).toEqual(example);
  });

  test("with a curriculum, gives the shortest examples of each shuffle buffer first", async () => {
    const examples = await write(128, 64);
    const walk = examples.walk({ batchSize: 8, seed: 0, curriculum: { startShare: 0.25, epochs: 1 } });
    const [first, second] = [await take(walk, walk.batchesPerEpoch), await take(walk, walk.batchesPerEpoch)];
    expect(new Set(first.flatMap(({ places }) => places)).size).toBe(32);
    expect(Math.max(...first.flatMap(({ places }) => places.map(sizeOf)))).toBeLessThan(20);
    expect(sorted(second.flatMap(({ places }) => places))).toEqual(numbers(128));
  });

  test("that is not finished, or not there, is not opened", async () => {
    const writer = new ShardWriter<Example>({ folder, key: "key", shuffleBuffer: 8 });
    for (const index of numbers(20)) await writer.add(exampleOf(index), sizeOf(index));
    const options = { folder, key: "key", shuffleBuffer: 8 };
    expect(await openShards(options)).toBeUndefined();
    expect(await openShards({ ...options, folder: join(folder, "none") })).toBeUndefined();
    await writer.finish();
    expect((await openShards(options))?.length).toBe(20);
  });

  test("that was made from something else, or cut otherwise, is not opened", async () => {
    await write(20, 64);
    const options = { folder, key: "key", shuffleBuffer: 64 };
    expect(await openShards(options)).toBeDefined();
    expect(await openShards({ ...options, key: "other" })).toBeUndefined();
    expect(await openShards({ ...options, shuffleBuffer: 8 })).toBeUndefined();
  });

  test("whose description or sizes are damaged is not opened", async () => {
    const options = { folder, key: "key", shuffleBuffer: 64 };
    await write(20, 64);
    const description = await readFile(join(folder, "shards.json"), "utf8");
    await writeFile(join(folder, "shards.json"), description.slice(0, 20));
    expect(await openShards(options)).toBeUndefined();
    await writeFile(join(folder, "shards.json"), description.replace('"formatVersion":1', '"formatVersion":2'));
    expect(await openShards(options)).toBeUndefined();
    await writeFile(join(folder, "shards.json"), description);
    await writeFile(join(folder, "sizes.bin"), new Uint8Array(8));
    expect(await openShards(options)).toBeUndefined();
    await rm(join(folder, "sizes.bin"));
    expect(await openShards(options)).toBeUndefined();
  });

  test("is emptied of what was there before a new one is written into it", async () => {
    await write(100, 8);
    await write(10, 8, { key: "new" });
    expect(await openShards({ folder, key: "key", shuffleBuffer: 8 })).toBeUndefined();
    const opened = await openShards<Example>({ folder, key: "new", shuffleBuffer: 8 });
    expect(opened?.length).toBe(10);
    expect(await readdir(folder)).toHaveLength(10 + 2);
  });

  test("without examples can be read, and not walked", async () => {
    const empty = await write(0, 8);
    for await (const _ of empty) throw new Error("there should be none");
    expect((await openShards({ folder, key: "key", shuffleBuffer: 8 }))?.length).toBe(0);
    expect(() => empty.walk({ batchSize: 2, seed: 0 })).toThrow("batches: expected at least one example, got none");
  });

  test.each([
    { what: "cut off", damage: (bytes: Buffer) => bytes.subarray(0, bytes.length - 1) },
    { what: "empty", damage: () => Buffer.alloc(0) },
    { what: "longer than it says", damage: (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)]) },
    { what: "of another kind", damage: () => Buffer.from("not a shard at all") },
    { what: "overwritten in the middle", damage: (bytes: Buffer) => Buffer.from(bytes).fill(0xee, 60) },
  ])("with a file that is $what names it", async ({ damage }) => {
    const examples = await write(20, 64);
    const file = join(folder, "shard-000001.bin");
    await writeFile(file, damage(await readFile(file)));
    const read = async () => {
      for await (const { index } of examples) expect(index).toBeLessThan(8);
    };
    await expect(read()).rejects.toThrow(ShardError);
    await expect(read()).rejects.toThrow(
      `${file}: this part of the encoded training data is damaged; delete its folder and resume`,
    );
    await expect(take(examples.walk({ batchSize: 20, seed: 0 }), 1)).rejects.toThrow(file);
  });

  test("with a file that is gone names it", async () => {
    const examples = await write(20, 64);
    const file = join(folder, "shard-000002.bin");
    await rm(file);
    await expect(take(examples.walk({ batchSize: 20, seed: 0 }), 1)).rejects.toThrow(ShardError);
    await expect(take(examples.walk({ batchSize: 20, seed: 0 }), 1)).rejects.toThrow(file);
  });
});

describe("a walk over shards", () => {
  test("meets every example once in each epoch, at the place that it says", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        async (count, shuffleBuffer, batchSize, seed) => {
          const examples = await write(count, shuffleBuffer, { at: join(folder, String(run++)) });
          const walk = examples.walk({ batchSize, seed });
          for (let epoch = 0; epoch < 3; epoch++) {
            const batches = await take(walk, walk.batchesPerEpoch);
            expect(sorted(batches.flatMap(({ places }) => places))).toEqual(numbers(count));
            expect(batches.map(({ ends }) => ends)).toEqual(batches.map((_, i) => i === batches.length - 1));
            for (const { places, examples: some } of batches) {
              expect(places.length).toBeLessThanOrEqual(batchSize);
              expect(some).toEqual(places.map(exampleOf));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("goes in an order that seed and epoch alone decide", async () => {
    const first = await write(200, 64);
    const second = await write(200, 64, { at: join(folder, "again") });
    const places = async (examples: ShardedExamples<Example>, seed: number) =>
      (await take(examples.walk({ batchSize: 16, seed }), 26)).map((batch) => batch.places);
    const walked = await places(first, 5);
    expect(await places(second, 5)).toEqual(walked);
    expect(await places(first, 6)).not.toEqual(walked);
    const perEpoch = first.walk({ batchSize: 16, seed: 5 }).batchesPerEpoch;
    expect(walked.slice(perEpoch, 2 * perEpoch)).not.toEqual(walked.slice(0, perEpoch));
  });

  test("takes other shards together in each epoch, and their batches in another order", async () => {
    const several = (await write(200, 64, { at: join(folder, "several") })).walk({ batchSize: 16, seed: 5 });
    const firstWindows: number[][] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const batches = await take(several, several.batchesPerEpoch);
      firstWindows.push(sorted(batches.slice(0, 4).flatMap(({ places }) => places)));
    }
    expect(new Set(firstWindows.map(String)).size).toBe(3);

    // all in one window, and no two of one size: the batches are the same in each epoch, their order is not
    const whole = (await write(48, 512, { at: join(folder, "whole") })).walk({ batchSize: 8, seed: 5 });
    const batches = (await take(whole, 12)).map(({ places }) => String(sorted(places)));
    expect(new Set(batches).size).toBe(6);
    expect(batches.slice(6)).not.toEqual(batches.slice(0, 6));
  });

  test("mixes examples from all over the file", async () => {
    const examples = await write(400, 80);
    const walk = examples.walk({ batchSize: 10, seed: 1 });
    const [early] = await take(walk, 1);
    const window = (await take(walk, 7)).flatMap(({ places }) => places).concat(early!.places);
    expect(window).toHaveLength(80); // one buffer
    expect(new Set(window.map((place) => Math.floor(place / 100))).size).toBeGreaterThanOrEqual(3); // quarters of the file
  });

  test("puts similar sizes into a batch", async () => {
    const examples = await write(2000, 1000);
    const walk = examples.walk({ batchSize: 20, seed: 0 });
    const batches = await take(walk, walk.batchesPerEpoch);
    const spread = batches.map(({ places }) => {
      const sizes = places.map(sizeOf);
      return Math.max(...sizes) - Math.min(...sizes);
    });
    // all sizes from 1 to 50 occur equally often, so 20 neighbours of 1000 differ by about one
    expect(spread.reduce((sum, one) => sum + one, 0) / spread.length).toBeLessThan(2);
  });

  test.each([
    { what: "smaller than a batch", count: 50, shuffleBuffer: 3, batchSize: 16, sizes: [16, 16, 16, 2] },
    { what: "of one example", count: 20, shuffleBuffer: 1, batchSize: 8, sizes: [8, 8, 4] },
    { what: "larger than everything", count: 50, shuffleBuffer: 100_000, batchSize: 16, sizes: [16, 16, 16, 2] },
    { what: "of whole batches", count: 64, shuffleBuffer: 32, batchSize: 16, sizes: [16, 16, 16, 16] },
  ])("fills its batches with a buffer that is $what", async ({ count, shuffleBuffer, batchSize, sizes }) => {
    const examples = await write(count, shuffleBuffer);
    const walk = examples.walk({ batchSize, seed: 2 });
    expect(walk.batchesPerEpoch).toBe(sizes.length);
    const batches = await take(walk, walk.batchesPerEpoch);
    expect(sorted(batches.map(({ places }) => places.length)).reverse()).toEqual(sizes);
  });

  test("goes on from any saved position, also in a new process", async () => {
    const options = { batchSize: 7, seed: 4 };
    const examples = await write(100, 24);
    const perEpoch = examples.walk(options).batchesPerEpoch;
    const all = await take(examples.walk(options), 3 * perEpoch);
    for (let position = 0; position <= 2 * perEpoch; position++) {
      const walk = examples.walk(options);
      await take(walk, position);
      const state: unknown = JSON.parse(JSON.stringify(walk.state()));
      const opened = await openShards<Example>({ folder, key: "key", shuffleBuffer: 24 });
      const resumed = opened!.walk(options);
      resumed.load(state);
      expect(resumed.state()).toEqual(walk.state());
      expect(await take(resumed, perEpoch)).toEqual(all.slice(position, position + perEpoch));
    }
  });

  test("goes back to a saved position in a walk that has gone on", async () => {
    const walk = (await write(60, 24)).walk({ batchSize: 7, seed: 4 });
    await take(walk, 3);
    const state = walk.state();
    const onwards = await take(walk, 12);
    walk.load(state);
    expect(await take(walk, 12)).toEqual(onwards);
  });

  test("refuses a position of other data or options by name", async () => {
    const walk = (await write(60, 24)).walk({ batchSize: 7, seed: 4 });
    const state = walk.state() as Record<string, unknown>;
    const load = (changes: Record<string, unknown>) => () => walk.load({ ...state, ...changes });
    expect(load({})).not.toThrow();
    expect(load({ seed: 5 })).toThrow(BatchStateError);
    expect(load({ seed: 5 })).toThrow("it was saved with seed 5, but seed is now 4");
    expect(load({ batchSize: 8 })).toThrow("it was saved with batchSize 8, but batchSize is now 7");
    expect(load({ shuffleBuffer: 8 })).toThrow("it was saved with shuffleBuffer 8, but shuffleBuffer is now 24");
    expect(load({ examples: 61 })).toThrow("it was saved with examples 61, but examples is now 60");
    expect(load({ batch: 99 })).toThrow("batch 99 is past the");
    expect(load({ formatVersion: 2 })).toThrow("formatVersion 2 is newer than 1");
  });

  test("refuses a batch size that is none", async () => {
    const examples = await write(5, 8);
    expect(() => examples.walk({ batchSize: 0, seed: 0 })).toThrow("expected batchSize to be an integer >= 1, got 0");
  });
});
