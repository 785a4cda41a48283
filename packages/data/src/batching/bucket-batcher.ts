/** An endless walk over training batches whose position can be saved and restored. */
import { type Batch, createBatches } from "./batches.ts";
import type { Curriculum } from "./curriculum.ts";
import { checkPosition, curriculumFacts, type WalkPosition } from "./position.ts";

/** What fixes the order of a `BucketBatcher`. */
export interface BucketBatcherOptions {
  /** Examples in a batch, integer >= 1. */
  readonly batchSize: number;
  /** Seed of the shuffles, integer >= 0. */
  readonly seed: number;
  /** Whether neighbours by length share a batch. Default true. */
  readonly bucketing?: boolean | undefined;
  /** Whether the first epochs take the shortest examples alone. Default: all epochs take all. */
  readonly curriculum?: Curriculum | undefined;
}

/** A position that `BucketBatcher.state` writes; plain JSON. */
export interface BucketBatcherState extends WalkPosition {
  readonly bucketing: boolean;
}

/** One step of the walk. */
export interface BatchStep {
  /** Indices of the examples. */
  readonly indices: Batch;
  /** Epoch from 0. */
  readonly epoch: number;
  /** Batch within the epoch, from 0. */
  readonly batch: number;
  /** Whether it is the last one of its epoch. */
  readonly endsEpoch: boolean;
}

/** Hands out the batches of epoch after epoch, each epoch in an order of its own (see `createBatches`). */
export class BucketBatcher {
  readonly #lengths: ArrayLike<number>;
  readonly #options: { readonly batchSize: number; readonly seed: number; readonly bucketing: boolean };
  readonly #curriculum: Curriculum | undefined;
  #epoch = 0;
  #batch = 0;
  #batches: Batch[];

  /**
   * @param lengths  tokens of each example, `[examples]`; for pairs the sum or maximum of both sides
   * @throws {RangeError} if `batchSize` is not an integer >= 1, or there are no examples
   */
  constructor(lengths: ArrayLike<number>, options: BucketBatcherOptions) {
    this.#lengths = lengths;
    this.#options = { batchSize: options.batchSize, seed: options.seed, bucketing: options.bucketing ?? true };
    this.#curriculum = options.curriculum;
    this.#batches = this.#batchesOf(0);
  }

  /**
   * A batcher that goes on where `state()` was taken.
   *
   * @throws {BatchStateError} if the state is malformed, newer than this code, or of other data or options
   */
  static fromState(lengths: ArrayLike<number>, options: BucketBatcherOptions, state: unknown): BucketBatcher {
    const batcher = new BucketBatcher(lengths, options);
    const { epoch: _, batch: __, ...own } = batcher.state();
    const saved = checkPosition(state, own, batcher.batchesPerEpoch);
    batcher.#startEpoch(saved.epoch);
    batcher.#batch = saved.batch;
    return batcher;
  }

  /** Batches in every epoch. */
  get batchesPerEpoch(): number {
    return this.#batches.length;
  }

  /** The next batch; after the last one of an epoch comes the first of the next. */
  next(): BatchStep {
    if (this.#batch === this.#batches.length) this.#startEpoch(this.#epoch + 1);
    const batch = this.#batch++;
    return {
      indices: this.#batches[batch] as Batch,
      epoch: this.#epoch,
      batch,
      endsEpoch: this.#batch === this.#batches.length,
    };
  }

  /** Where the walk stands, before the next batch. */
  state(): BucketBatcherState {
    return {
      formatVersion: 1,
      ...this.#options,
      ...curriculumFacts(this.#curriculum),
      examples: this.#lengths.length,
      epoch: this.#epoch,
      batch: this.#batch,
    };
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#batch = 0;
    this.#batches = this.#batchesOf(epoch);
  }

  #batchesOf(epoch: number): Batch[] {
    return createBatches(this.#lengths, { ...this.#options, curriculum: this.#curriculum, epoch });
  }
}
