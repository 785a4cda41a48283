/** Examples in memory. */
import { BucketBatcher } from "./bucket-batcher.ts";
import type { Examples, ExampleWalk, ExampleWriter, WalkOptions } from "./examples.ts";

/** Examples that all lie in memory, walked in the batches of a `BucketBatcher`. */
export class ListedExamples<Example> implements Examples<Example> {
  readonly items: readonly Example[];
  readonly sizes: ArrayLike<number>;
  readonly totalSize: number;

  /** @param sizes  `[examples]`: what batches are made similar by, such as tokens */
  constructor(items: readonly Example[], sizes: ArrayLike<number>) {
    this.items = items;
    this.sizes = sizes;
    this.totalSize = Array.from(sizes).reduce((sum, size) => sum + size, 0);
  }

  get length(): number {
    return this.items.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Example, void, undefined> {
    yield* this.items;
  }

  walk(options: WalkOptions): ExampleWalk<Example> {
    let batcher = new BucketBatcher(this.sizes, options);
    return {
      batchesPerEpoch: batcher.batchesPerEpoch,
      next: () => {
        const { indices, endsEpoch } = batcher.next();
        const examples = indices.map((index) => this.items[index] as Example);
        return { examples, places: Int32Array.from(indices), endsEpoch };
      },
      state: () => batcher.state(),
      load: (state) => {
        batcher = BucketBatcher.fromState(this.sizes, options, state);
      },
    };
  }
}

/** Keeps examples in memory. */
export class ListWriter<Example> implements ExampleWriter<Example> {
  readonly #items: Example[] = [];
  readonly #sizes: number[] = [];

  add(example: Example, size: number): void {
    this.#items.push(example);
    this.#sizes.push(size);
  }

  finish(): ListedExamples<Example> {
    return new ListedExamples(this.#items, this.#sizes);
  }
}
