/**
 * Examples on disk, in shards. Training reads them in an order that only the seed decides: the shards are shuffled, a few of
 * them at a time lie in memory (the shuffle buffer), and their examples are shuffled and cut into batches together. A curriculum takes
 * the shortest examples of each shuffle buffer.
 */
import { readFile } from "node:fs/promises";
import { type Batch, checkSizes, createBatches } from "../../batching/batches.ts";
import type { ExampleBatch, Examples, ExampleWalk, WalkOptions } from "../../batching/examples.ts";
import { checkPosition, curriculumFacts, type WalkPosition } from "../../batching/position.ts";
import { ShardError } from "../../errors.ts";
import { permutation } from "../../random.ts";
import { Shard, shardPath } from "./shard-file.ts";

/** How examples lie in their shards. */
export interface ShardLayout {
  /** `[examples]` */
  readonly sizes: Int32Array;
  /** Examples of each shard; the last one may hold fewer. */
  readonly shardExamples: number;
  readonly shuffleBuffer: number;
}

/** Examples that lie in a folder of shards; a walk holds no more of them in memory than the shuffle buffer. */
export class ShardedExamples<Example> implements Examples<Example> {
  readonly folder: string;
  readonly layout: ShardLayout;
  readonly totalSize: number;

  constructor(folder: string, layout: ShardLayout) {
    this.folder = folder;
    this.layout = layout;
    this.totalSize = layout.sizes.reduce((sum, size) => sum + size, 0);
  }

  get length(): number {
    return this.layout.sizes.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Example, void, undefined> {
    const shards = Math.ceil(this.length / this.layout.shardExamples);
    for (let index = 0; index < shards; index++) {
      const shard = await this.shard(index);
      for (let place = 0; place < shard.length; place++) yield shard.example(place) as Example;
    }
  }

  walk(options: WalkOptions): ExampleWalk<Example> {
    return new ShardWalk(this, options);
  }

  /** @throws {ShardError} if the file is missing or damaged */
  async shard(index: number): Promise<Shard> {
    const file = shardPath(this.folder, index);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw new ShardError(file, { cause: error });
    });
    return new Shard(bytes, file);
  }
}

/** The shards that are in memory together. */
interface Window {
  readonly shards: readonly number[];
  /** Number of its first batch in the epoch. */
  readonly firstBatch: number;
  readonly batches: number;
}

class ShardWalk<Example> implements ExampleWalk<Example> {
  readonly batchesPerEpoch: number;
  readonly #examples: ShardedExamples<Example>;
  readonly #options: WalkOptions;
  #epoch = 0;
  #batch = 0;
  #windows: readonly Window[];
  /** The window in memory, by its place in the epoch. */
  #loaded: LoadedWindow | undefined;

  constructor(examples: ShardedExamples<Example>, options: WalkOptions) {
    checkSizes(examples.layout.sizes, options.batchSize);
    this.#examples = examples;
    this.#options = options;
    this.#windows = this.#windowsOf(0);
    const last = this.#windows.at(-1)!;
    this.batchesPerEpoch = last.firstBatch + last.batches;
  }

  async next(): Promise<ExampleBatch<Example>> {
    if (this.#batch === this.batchesPerEpoch) this.#startEpoch(this.#epoch + 1);
    const part = this.#windows.findIndex(({ firstBatch, batches }) => this.#batch < firstBatch + batches);
    const window = this.#windows[part]!;
    if (this.#loaded?.part !== part) this.#loaded = await this.#load(part, window);
    const { batches, shards } = this.#loaded;
    const { shardExamples } = this.#examples.layout;
    const places = (batches[this.#batch - window.firstBatch] as Batch).map((index) =>
      placeOf(shards, index, shardExamples),
    );
    this.#batch += 1;
    return {
      examples: places.map(({ shard, index }) => shard.example(index) as Example),
      places: Int32Array.from(places, ({ number }) => number),
      endsEpoch: this.#batch === this.batchesPerEpoch,
    };
  }

  state(): WalkPosition {
    return { ...this.#identity(), epoch: this.#epoch, batch: this.#batch };
  }

  load(state: unknown): void {
    const { epoch, batch } = checkPosition(state, this.#identity(), this.batchesPerEpoch);
    this.#startEpoch(epoch);
    this.#batch = batch;
  }

  #identity() {
    const { length, layout } = this.#examples;
    const { seed, batchSize, curriculum } = this.#options;
    return {
      formatVersion: 1,
      seed,
      batchSize,
      shuffleBuffer: layout.shuffleBuffer,
      ...curriculumFacts(curriculum),
      examples: length,
    } as const;
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#batch = 0;
    this.#windows = this.#windowsOf(epoch);
    this.#loaded = undefined;
  }

  /**
   * The shards of an epoch in their order; a last one that is not full stays last, so that all epochs have as many batches.
   * However small the shuffle buffer, a batch fits into memory.
   */
  #windowsOf(epoch: number): Window[] {
    const { length, layout } = this.#examples;
    const { shardExamples, shuffleBuffer } = layout;
    const { seed, batchSize } = this.#options;
    const full = Math.floor(length / shardExamples);
    const order = [...permutation(full, seed, `shards/${epoch}`)];
    if (full * shardExamples < length) order.push(full);
    const together = Math.max(Math.ceil(batchSize / shardExamples), Math.round(shuffleBuffer / shardExamples));
    const windows: Window[] = [];
    let firstBatch = 0;
    for (let start = 0; start < order.length; start += together) {
      const shards = order.slice(start, start + together);
      const examples = shards.reduce((sum, shard) => sum + Math.min(shardExamples, length - shard * shardExamples), 0);
      const batches = Math.ceil(examples / batchSize);
      windows.push({ shards, firstBatch, batches });
      firstBatch += batches;
    }
    return windows;
  }

  async #load(part: number, { shards: numbers }: Window): Promise<LoadedWindow> {
    const { sizes, shardExamples } = this.#examples.layout;
    this.#loaded = undefined; // one window in memory, not two
    const shards: PlacedShard[] = [];
    const lengths: number[] = [];
    for (const number of numbers) {
      const first = number * shardExamples;
      shards.push({ shard: await this.#examples.shard(number), first });
      for (const size of sizes.subarray(first, first + shardExamples)) lengths.push(size);
    }
    return { part, shards, batches: createBatches(lengths, { ...this.#options, epoch: this.#epoch, part }) };
  }
}

interface PlacedShard {
  readonly shard: Shard;
  /** Number of its first example in the split, from 0. */
  readonly first: number;
}

interface LoadedWindow {
  readonly part: number;
  readonly shards: readonly PlacedShard[];
  /** Indices into the examples of these shards, one shard after the other. */
  readonly batches: readonly Batch[];
}

/** Where an example of a window lies; only the last shard of a window may hold fewer examples than the others. */
function placeOf(shards: readonly PlacedShard[], index: number, shardExamples: number) {
  const { shard, first } = shards[Math.floor(index / shardExamples)]!;
  const within = index % shardExamples;
  return { shard, index: within, number: first + within };
}
