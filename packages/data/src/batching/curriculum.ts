/** A curriculum: the first epochs take the shortest examples alone, more of them each time, until all are there. */
import { permutation } from "../random.ts";

/** How many of the shortest examples each epoch takes; an epoch has as many batches as without it. */
export interface Curriculum {
  /** Share of the examples that the first epoch takes, 0 < share <= 1. */
  readonly startShare: number;
  /** Epochs until all examples are taken, integer >= 1. */
  readonly epochs: number;
}

/**
 * The share of the examples that an epoch takes, `sqrt(startShare^2 + (1 - startShare^2) * epoch / epochs)`: what is new comes ever more
 * slowly, since more of what is known has to be seen beside it.
 *
 * @param epoch  from 0
 * @returns 1 from epoch `epochs` on
 * @throws {RangeError} if `startShare` or `epochs` is out of range
 * @see Platanios et al. 2019, arXiv:1903.09848, section 3.1 (square root competence), by epochs in place of steps
 */
export function curriculumShare({ startShare, epochs }: Curriculum, epoch: number): number {
  if (!(startShare > 0 && startShare <= 1)) {
    throw new RangeError(`curriculum: expected startShare to be above 0 and at most 1, got ${startShare}`);
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`curriculum: expected epochs to be an integer >= 1, got ${epochs}`);
  }
  if (epoch >= epochs) return 1;
  const square = startShare * startShare;
  return Math.sqrt(square + (1 - square) * (epoch / epochs));
}

/**
 * As many places as there are examples, all of the shortest ones: each of them as often as every other, or once more.
 *
 * @param share    of the examples, 0 < share <= 1, as `curriculumShare` gives it
 * @param address  of the draws; other addresses give other orders
 */
export function shortestInOrder(
  lengths: ArrayLike<number>,
  { share, seed, address }: { readonly share: number; readonly seed: number; readonly address: string },
): Int32Array {
  const byLength = Int32Array.from({ length: lengths.length }, (_, i) => i);
  byLength.sort((a, b) => lengths[a]! - lengths[b]!);
  const pool = byLength.subarray(0, Math.max(1, Math.ceil(share * lengths.length)));
  const order = new Int32Array(lengths.length);
  for (let start = 0, pass = 0; start < order.length; start += pool.length, pass++) {
    const drawn = permutation(pool.length, seed, `examples/${address}/pass/${pass}`).map((place) => pool[place]!);
    order.set(drawn.subarray(0, order.length - start), start);
  }
  return order;
}
