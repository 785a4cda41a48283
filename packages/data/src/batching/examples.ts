/** Encoded examples of a split, wherever they lie, and the walk over them that training takes. */
import type { Curriculum } from "./curriculum.ts";

/** Examples in file order. */
export interface Examples<Example> extends AsyncIterable<Example> {
  readonly length: number;
  /** Sum of the sizes that the examples were added with, such as their tokens. */
  readonly totalSize: number;
  /**
   * An endless walk in batches of similar size, each epoch in an order of its own that only the seed decides.
   *
   * @throws {RangeError} if `batchSize` is not an integer >= 1, or there are no examples
   */
  walk(options: WalkOptions): ExampleWalk<Example>;
}

/** What fixes the order of a walk, besides the sizes of the examples. */
export interface WalkOptions {
  /** Examples in a batch, integer >= 1. */
  readonly batchSize: number;
  /** Seed of the shuffles, integer >= 0. */
  readonly seed: number;
  /** Whether the first epochs take the shortest examples alone. Default: all epochs take all. */
  readonly curriculum?: Curriculum | undefined;
}

/** Batch after batch, epoch after epoch; where it stands can be saved and restored. */
export interface ExampleWalk<Example> {
  /** Batches in every epoch. */
  readonly batchesPerEpoch: number;
  /** The next batch; after the last one of an epoch comes the first of the next. */
  next(): ExampleBatch<Example> | Promise<ExampleBatch<Example>>;
  /** Where the walk stands, before the next batch, as plain JSON. */
  state(): unknown;
  /** Goes to a position that `state` gave. @throws {BatchStateError} if it is malformed, or of other data or options */
  load(state: unknown): void;
}

/** One step of a walk. */
export interface ExampleBatch<Example> {
  readonly examples: readonly Example[];
  /** The number of each example in its split, from 0: the address of its dropout. */
  readonly places: Int32Array;
  /** Whether it is the last batch of its epoch. */
  readonly endsEpoch: boolean;
}

/** Takes examples one by one and gives them back as a whole. */
export interface ExampleWriter<Example> {
  /** @param size  what batches are made similar by, such as tokens: an integer >= 0 */
  add(example: Example, size: number): void | Promise<void>;
  finish(): Examples<Example> | Promise<Examples<Example>>;
}
