/** Where the training loop gets its batches: an endless sequence with a position that can be saved and restored. */
import type { CarriedState } from "./carried-state.ts";

export interface NextBatch<Batch> {
  readonly batch: Batch;
  /** Real tokens in the batch, without padding; only reported. */
  readonly tokens: number;
  /** Whether this is the last batch of its epoch. */
  readonly epochEnded: boolean;
}

/** Batches in an order that depends on nothing but the source's own seed and position. */
export interface BatchSource<Batch> {
  /** Batches in an epoch, an integer >= 1; with the number of epochs it gives the length of the schedule. */
  readonly batchesPerEpoch: number;
  /** The next batch, at once or later, as from a disk; after the last one of an epoch comes the first one of the next. */
  next(): NextBatch<Batch> | Promise<NextBatch<Batch>>;
  /** The position after the last `next()`, shuffling included, as plain JSON. */
  state(): unknown;
  /** Goes to a position that `state()` gave; the loop waits for it before its first step. */
  load(state: unknown): void | Promise<void>;
  /** What the batches carry from one to the next besides their position, such as recurrent states. Default: nothing. */
  readonly carried?: CarriedState | undefined;
}
