/** An endless walk over training batches whose position can be saved and restored. */
import { BatchStateError } from "../errors.ts";
import { type Batch, createBatches } from "./batches.ts";

/** What fixes the order of a `BucketBatcher`. */
export interface BucketBatcherOptions {
  /** Examples in a batch, integer >= 1. */
  readonly batchSize: number;
  /** Seed of the shuffles, integer >= 0. */
  readonly seed: number;
  /** Whether neighbours by length share a batch. Default true. */
  readonly bucketing?: boolean | undefined;
}

/** A position that `BucketBatcher.state` writes; plain JSON. */
export interface BucketBatcherState {
  readonly formatVersion: 1;
  /** What the position belongs to; restoring with other values is refused. */
  readonly seed: number;
  readonly batchSize: number;
  readonly bucketing: boolean;
  readonly examples: number;
  /** Epoch from 0. */
  readonly epoch: number;
  /** Batches of this epoch handed out so far. */
  readonly batch: number;
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
    this.#batches = createBatches(lengths, { ...this.#options, epoch: 0 });
  }

  /**
   * A batcher that goes on where `state()` was taken.
   *
   * @throws {BatchStateError} if the state is malformed, newer than this code, or of other data or options
   */
  static fromState(lengths: ArrayLike<number>, options: BucketBatcherOptions, state: unknown): BucketBatcher {
    const batcher = new BucketBatcher(lengths, options);
    const saved = checkState(state, batcher.state());
    batcher.#startEpoch(saved.epoch);
    if (saved.batch > batcher.#batches.length) {
      throw new BatchStateError(
        `batch position: batch ${saved.batch} is past the ${batcher.#batches.length} of an epoch`,
      );
    }
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
      examples: this.#lengths.length,
      epoch: this.#epoch,
      batch: this.#batch,
    };
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#batch = 0;
    this.#batches = createBatches(this.#lengths, { ...this.#options, epoch });
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkState(state: unknown, own: BucketBatcherState): { readonly epoch: number; readonly batch: number } {
  if (typeof state !== "object" || state === null) {
    throw new BatchStateError(`batch position: expected an object, got ${state === null ? "null" : typeof state}`);
  }
  const saved = state as Partial<Record<keyof BucketBatcherState, unknown>>;
  if (typeof saved.formatVersion === "number" && saved.formatVersion > own.formatVersion) {
    throw new BatchStateError(
      `batch position: formatVersion ${saved.formatVersion} is newer than ${own.formatVersion}, the newest that this version of @cellstate/data reads; update it`,
    );
  }
  if (saved.formatVersion !== own.formatVersion) {
    throw new BatchStateError(`batch position: expected formatVersion 1, got ${String(saved.formatVersion)}`);
  }
  for (const key of ["seed", "batchSize", "bucketing", "examples"] as const) {
    if (saved[key] !== own[key]) {
      throw new BatchStateError(
        `batch position: it was saved with ${key} ${String(saved[key])}, but ${key} is now ${own[key]}; resume with the data and config of the saved run`,
      );
    }
  }
  const { epoch, batch } = saved;
  if (!isCount(epoch) || !isCount(batch)) {
    throw new BatchStateError(
      `batch position: expected whole numbers epoch and batch, got ${String(epoch)} and ${String(batch)}`,
    );
  }
  return { epoch, batch };
}
