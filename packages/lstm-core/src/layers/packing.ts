/** Moves between padded rows and their real positions, and puts rows into the order in which a direction reads them. */
import { concat, gatherRows, reshape, type Tensor } from "@cellstate/tensor";
import { requireLengths } from "../errors.ts";
import { realPositions } from "../padding.ts";

export interface PackingOptions {
  readonly batchSize: number;
  readonly seqLen: number;
  /** `[batch]`: real steps of each row. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Whether rows are read from their true ends to their starts. Default false. */
  readonly reverse?: boolean | undefined;
}

/** Work that treats positions alike is done on packed rows, so that padding costs nothing and moves no bit of a weight's gradient. */
export class Packing {
  /** `[batch]` */
  readonly lengths: Int32Array;
  /** Steps of the longest row, at least 1. */
  readonly steps: number;
  readonly #padded: readonly [batchSize: number, seqLen: number];
  /** `row * seqLen + time` of each packed row, rising. */
  readonly #positions: Int32Array;
  /** The packed row behind each step of each row as it is read, and one behind all others on padding. */
  readonly #reading: Int32Array;

  /** @throws {ShapeError} unless there is one length in `[0, seqLen]` for each row */
  constructor(owner: string, { batchSize, seqLen, lengths, reverse = false }: PackingOptions) {
    this.lengths = lengths ?? new Int32Array(batchSize).fill(seqLen);
    requireLengths(owner, this.lengths, batchSize, seqLen);
    this.steps = this.lengths.reduce((longest, length) => Math.max(longest, length), 1);
    this.#padded = [batchSize, seqLen];
    this.#positions = realPositions(this.lengths, seqLen);
    this.#reading = new Int32Array(batchSize * this.steps).fill(this.#positions.length);
    let first = 0;
    this.lengths.forEach((length, row) => {
      for (let step = 0; step < length; step++) {
        this.#reading[row * this.steps + step] = first + (reverse ? length - 1 - step : step);
      }
      first += length;
    });
  }

  /** `[batch, seqLen, feature]` to its real positions, `[real positions, feature]`, row by row. */
  pack(x: Tensor): Tensor {
    return gatherRows(reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!]), this.#positions);
  }

  /** `[real positions, feature]` back to `[batch, seqLen, feature]`, 0 on padding. */
  unpack(rows: Tensor): Tensor {
    const [batchSize, seqLen] = this.#padded;
    return reshape(scatterRows(rows, this.#positions, batchSize * seqLen), [batchSize, seqLen, rows.shape[1]!]);
  }

  /** `[real positions, feature]` as they are read, `[batch, steps, feature]`: all real steps first, then 0. */
  read(rows: Tensor): Tensor {
    return reshape(spread(rows, this.#reading), [this.lengths.length, this.steps, rows.shape[1]!]);
  }

  /** The packed row that each row reads last; that of `instead`, `[batch, feature]`, where a row is empty. */
  lastRead(rows: Tensor, instead: Tensor): Tensor {
    const sources = Int32Array.from(this.lengths, (length, row) =>
      length === 0 ? this.#positions.length + row : this.#reading[row * this.steps + length - 1]!,
    );
    return gatherRows(concat([rows, instead], 0), sources);
  }

  /** What was read, `[batch, steps, feature]`, back to `[real positions, feature]`. */
  unread(x: Tensor): Tensor {
    const flat = reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!]);
    return gatherRows(flat, inverse(this.#reading, this.#positions.length));
  }
}

/** Rows to their places among `count`, `[count, feature]`; the others are 0. */
export function scatterRows(rows: Tensor, places: Int32Array, count: number): Tensor {
  return spread(rows, inverse(places, count));
}

/** Rows by number; the number behind the last one gives 0. */
function spread(rows: Tensor, sources: Int32Array): Tensor {
  const { session, shape } = rows;
  if (sources.every((source) => source < shape[0]!)) return gatherRows(rows, sources);
  return gatherRows(concat([rows, session.zeros([1, shape[1]!])], 0), sources);
}

/** For each of `count` targets which index of `targets` names it; `targets.length` where none does. */
function inverse(targets: Int32Array, count: number): Int32Array {
  const indices = new Int32Array(count).fill(targets.length);
  targets.forEach((target, index) => {
    if (target < count) indices[target] = index;
  });
  return indices;
}
