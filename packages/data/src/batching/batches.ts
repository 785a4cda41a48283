/** Cuts examples into batches of similar length: shuffled for training, in length order for evaluation. */
import { DrawStream, permutation } from "../random.ts";
import { type Curriculum, curriculumShare, shortestInOrder } from "./curriculum.ts";

/** Batches that are sorted by length together: enough to save padding, few enough to keep the order random. */
const WINDOW_BATCHES = 50;

/** Indices of examples that are computed together. */
export type Batch = readonly number[];

/** How `createBatches` orders and cuts. */
export interface BatchOptions {
  /** Examples in a batch, integer >= 1; only the last one cut may hold fewer. */
  readonly batchSize: number;
  /** Seed of the shuffles, integer >= 0. */
  readonly seed: number;
  /** Epoch from 0; each epoch has an order of its own. */
  readonly epoch: number;
  /** Part of the epoch, from 0, where its examples are cut part by part; each has an order of its own. Default: one part. */
  readonly part?: number | undefined;
  /** Whether neighbours by length share a batch. Default true; false keeps the plain shuffled order. */
  readonly bucketing?: boolean | undefined;
  /** Whether the first epochs take the shortest examples alone. Default: all epochs take all. */
  readonly curriculum?: Curriculum | undefined;
}

/**
 * The batches of one epoch: shuffles the examples, sorts windows of 50 batches by length, cuts, shuffles the batches.
 *
 * @param lengths  tokens of each example, `[examples]`; for source-target pairs the caller gives their sum or maximum
 * @returns each index from 0 to `lengths.length - 1` exactly once, or as many of the shortest ones, repeated, in the epochs of a
 *          curriculum; equal arguments give equal batches on every engine
 * @throws {RangeError} if `batchSize` or `epoch` is not an integer in range, or there are no examples
 */
export function createBatches(lengths: ArrayLike<number>, options: BatchOptions): Batch[] {
  const { batchSize, seed, epoch, part, bucketing = true, curriculum } = options;
  checkSizes(lengths, batchSize);
  if (!Number.isInteger(epoch) || epoch < 0) {
    throw new RangeError(`createBatches: expected epoch to be an integer >= 0, got ${epoch}`);
  }
  const address = part === undefined ? `${epoch}` : `${epoch}/${part}`;
  const share = curriculum === undefined ? 1 : curriculumShare(curriculum, epoch);
  const order =
    share < 1
      ? shortestInOrder(lengths, { share, seed, address })
      : permutation(lengths.length, seed, `examples/${address}`);
  if (!bucketing) return cut(order, batchSize);
  const window = batchSize * WINDOW_BATCHES;
  for (let start = 0; start < order.length; start += window) {
    sortByLength(order.subarray(start, start + window), lengths);
  }
  return new DrawStream(seed, `batches/${address}`).shuffle(cut(order, batchSize));
}

/**
 * The batches of an evaluation: no shuffle, sorted by rising length, equal lengths in the given order.
 *
 * @param lengths  tokens of each example, `[examples]`
 * @throws {RangeError} if `batchSize` is not an integer >= 1, or there are no examples
 */
export function evaluationBatches(lengths: ArrayLike<number>, options: { readonly batchSize: number }): Batch[] {
  checkSizes(lengths, options.batchSize);
  const order = Int32Array.from({ length: lengths.length }, (_, i) => i);
  sortByLength(order, lengths);
  return cut(order, options.batchSize);
}

/** What every cut into batches needs. @throws {RangeError} if `batchSize` is not an integer >= 1, or there are no examples */
export function checkSizes(lengths: ArrayLike<number>, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batches: expected batchSize to be an integer >= 1, got ${batchSize}`);
  }
  if (lengths.length === 0) throw new RangeError("batches: expected at least one example, got none");
}

/** Sorts in place; typed-array sort is stable, so equal lengths keep their order. */
function sortByLength(order: Int32Array, lengths: ArrayLike<number>): void {
  order.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
}

function cut(order: Int32Array, batchSize: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    batches.push(Array.from(order.subarray(start, start + batchSize)));
  }
  return batches;
}
