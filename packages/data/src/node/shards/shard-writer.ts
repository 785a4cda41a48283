/** Writes examples into a folder of shards as they come; a description, written last, says that they are whole. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { guardDiskAsync, writeAside } from "@cellstate/files";
import type { ExampleWriter } from "../../batching/examples.ts";
import { encodeShard, shardPath } from "./shard-file.ts";
import { ShardedExamples } from "./sharded-examples.ts";

const DESCRIPTION = "shards.json";
const SIZES = "sizes.bin";
/** Examples in a shard at most. */
const MAX_SHARD_EXAMPLES = 4096;
/** Shards that are shuffled together, where the buffer is large enough. */
const SHARDS_TOGETHER = 8;

/** What is in a folder of shards. */
interface Description {
  readonly formatVersion: 1;
  /** What the examples were made from; with another key they are of no use. */
  readonly key: string;
  readonly examples: number;
  readonly shardExamples: number;
}

/** Where examples on disk lie, and what they belong to. */
export interface ShardOptions {
  readonly folder: string;
  /** Hash of all that the examples depend on: data, what was fitted, code. */
  readonly key: string;
  /** Examples shuffled together in memory, an integer >= 1, rounded to whole shards; never fewer than a batch. */
  readonly shuffleBuffer: number;
}

/**
 * Puts examples on disk as they come, so that no more than one shard is in memory; `openShards` finds them again.
 *
 * `add` and `finish` throw a `DiskError` if the disk refuses, and leave nothing on it.
 */
export class ShardWriter<Example> implements ExampleWriter<Example> {
  readonly #options: ShardOptions;
  readonly #shardExamples: number;
  readonly #sizes: number[] = [];
  #waiting: Example[] = [];
  #shards = 0;

  /** @param options.folder  emptied before the first shard is written */
  constructor(options: ShardOptions) {
    this.#options = options;
    this.#shardExamples = shardExamplesOf(options.shuffleBuffer);
  }

  async add(example: Example, size: number): Promise<void> {
    this.#waiting.push(example);
    this.#sizes.push(size);
    if (this.#waiting.length === this.#shardExamples) await this.#writeShard();
  }

  async finish(): Promise<ShardedExamples<Example>> {
    const { folder, key, shuffleBuffer } = this.#options;
    if (this.#waiting.length > 0 || this.#shards === 0) await this.#writeShard();
    const sizes = Int32Array.from(this.#sizes);
    await this.#write(join(folder, SIZES), new Uint8Array(sizes.buffer));
    const description: Description = {
      formatVersion: 1,
      key,
      examples: sizes.length,
      shardExamples: this.#shardExamples,
    };
    await this.#write(join(folder, DESCRIPTION), JSON.stringify(description));
    return new ShardedExamples(folder, { sizes, shardExamples: this.#shardExamples, shuffleBuffer });
  }

  async #writeShard(): Promise<void> {
    const { folder } = this.#options;
    if (this.#shards === 0) {
      await rm(folder, { recursive: true, force: true });
    }
    await this.#write(shardPath(folder, this.#shards), encodeShard(this.#waiting));
    this.#shards += 1;
    this.#waiting = [];
  }

  /** Shards of which one does not fit on the disk are of no use, and take the space that is missing. */
  async #write(path: string, contents: string | Uint8Array): Promise<void> {
    try {
      await guardDiskAsync(path, () => writeAside(path, (file) => file.writeFile(contents)));
    } catch (error) {
      await rm(this.#options.folder, { recursive: true, force: true });
      throw error;
    }
  }
}

/** The examples in a folder of shards; `undefined` if there are none, they are not whole, or were made from something else. */
export async function openShards<Example>({
  folder,
  key,
  shuffleBuffer,
}: ShardOptions): Promise<ShardedExamples<Example> | undefined> {
  const text = await readFile(join(folder, DESCRIPTION), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const shardExamples = shardExamplesOf(shuffleBuffer);
  let found: Partial<Description>;
  try {
    found = JSON.parse(text) as Partial<Description>;
  } catch {
    return undefined; // a crash came while it was written
  }
  if (found.formatVersion !== 1 || found.key !== key || found.shardExamples !== shardExamples) return undefined;
  const bytes = await readFile(join(folder, SIZES)).catch(() => Buffer.alloc(0));
  if (bytes.length !== Int32Array.BYTES_PER_ELEMENT * Number(found.examples)) return undefined;
  const sizes = new Int32Array(Uint8Array.from(bytes).buffer);
  return new ShardedExamples<Example>(folder, { sizes, shardExamples, shuffleBuffer });
}

function shardExamplesOf(shuffleBuffer: number): number {
  return Math.min(MAX_SHARD_EXAMPLES, Math.max(1, Math.ceil(shuffleBuffer / SHARDS_TOGETHER)));
}
