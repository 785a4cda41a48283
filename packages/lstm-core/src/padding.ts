/** Ragged rows of ids as one padded matrix, and work on its real positions only. */
import { concat, gatherRows, reshape, type Tensor } from "@cellstate/tensor";
import { SequenceError } from "./errors.ts";

/** Rows of ids, padded at their ends to one length. */
export interface PaddedIds {
  /** `[batchSize, seqLen]`, row-major. */
  readonly ids: Int32Array;
  /** `[batchSize]`: real ids of each row, from its start. */
  readonly lengths: Int32Array;
  readonly batchSize: number;
  /** At least 1. */
  readonly seqLen: number;
}

/** Pads rows with `padId` to the longest of them (and to length 1 where all are empty). */
export function padIds(rows: readonly ArrayLike<number>[], padId: number): PaddedIds {
  const lengths = Int32Array.from(rows, (row) => row.length);
  const seqLen = lengths.reduce((longest, length) => Math.max(longest, length), 1);
  const ids = new Int32Array(rows.length * seqLen).fill(padId);
  rows.forEach((row, index) => {
    ids.set(row, index * seqLen);
  });
  return { ids, lengths, batchSize: rows.length, seqLen };
}

/** @throws {SequenceError} unless counts and lengths fit together and all real ids lie in the vocabulary */
export function checkPaddedIds(owner: string, rows: PaddedIds, vocabSize: number): void {
  const { ids, lengths, batchSize, seqLen } = rows;
  if (ids.length !== batchSize * seqLen || lengths.length !== batchSize) {
    throw new SequenceError(
      owner,
      `${batchSize} rows of ${seqLen} ids and ${batchSize} lengths`,
      `${ids.length} ids and ${lengths.length} lengths`,
    );
  }
  for (let row = 0; row < batchSize; row++) {
    const length = lengths[row]!;
    if (!(Number.isInteger(length) && length >= 0 && length <= seqLen))
      throw new SequenceError(owner, `a length in [0, ${seqLen}]`, `${length} in row ${row}`);
    for (let time = 0; time < length; time++) {
      const id = ids[row * seqLen + time]!;
      if (id < 0 || id >= vocabSize) throw new SequenceError(owner, `ids in [0, ${vocabSize})`, `${id} in row ${row}`);
    }
  }
}

/** Row numbers `row * seqLen + time` of the real positions of a `[batch, seqLen]` matrix, rising. */
export function realPositions(lengths: Int32Array, seqLen: number): Int32Array {
  const positions = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let next = 0;
  lengths.forEach((length, row) => {
    for (let time = 0; time < length; time++) positions[next++] = row * seqLen + time;
  });
  return positions;
}

/**
 * Applies a row-wise function such as a linear layer to the real positions of `[batch, seqLen, feature]`, so that padding
 * costs nothing and cannot move the blocks in which weight gradients are summed. Results on padding mean nothing.
 */
export function mapRealPositions(x: Tensor, lengths: Int32Array, map: (rows: Tensor) => Tensor): Tensor {
  const [batchSize = 0, seqLen = 0, features = 0] = x.shape;
  const positions = realPositions(lengths, seqLen);
  const flat = reshape(x, [batchSize * seqLen, features]);
  if (positions.length === 0 || positions.length === batchSize * seqLen) return unflatten(map(flat), batchSize, seqLen);
  const places = new Int32Array(batchSize * seqLen); // padding repeats the first real row
  positions.forEach((position, index) => {
    places[position] = index;
  });
  return unflatten(gatherRows(map(gatherRows(flat, positions)), places), batchSize, seqLen);
}

function unflatten(rows: Tensor, batchSize: number, seqLen: number): Tensor {
  return reshape(rows, [batchSize, seqLen, rows.shape[1]!]);
}

/**
 * Rows to their places among `count` rows; the others are 0.
 *
 * @param parts   `[rows, feature]` each, one after the other
 * @param places  the place of each row of all parts, no two alike
 * @returns `[count, feature]`
 */
export function spreadRows(parts: readonly Tensor[], places: Int32Array, count: number): Tensor {
  const { session, shape } = parts[0]!;
  const sources = new Int32Array(count).fill(places.length); // the row of zeros behind all others
  places.forEach((place, row) => {
    sources[place] = row;
  });
  return gatherRows(concat([...parts, session.zeros([1, shape[1]!])], 0), sources);
}
