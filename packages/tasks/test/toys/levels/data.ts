/** From rows of numbers to padded batches of scaled ones. */
import { DataFileError, type DataRecord } from "@cellstate/data";
import { type Scaler, scale } from "./scaler.ts";

/** What forecasting reads. */
export const forecastFields = {
  past: { kind: "numbers" },
  next: { kind: "numbers", target: true },
} as const;
export type ForecastFields = typeof forecastFields;

export interface SeriesExample {
  /** Place in its file, from 0. */
  readonly index: number;
  /** At least one number. */
  readonly past: readonly number[];
  /** `[horizon]`; undefined where it is not known. */
  readonly next: readonly number[] | undefined;
}

export interface SeriesBatch {
  /** `[batchSize, seqLen, 1]`: scaled numbers, zeros after the end of a row. */
  readonly past: Float64Array;
  /** `[batchSize]`: numbers in each row. */
  readonly lengths: Int32Array;
  readonly batchSize: number;
  readonly seqLen: number;
  /** `[batchSize, horizon]`: scaled numbers; NaN where they are not known. */
  readonly next: Float64Array;
}

/** @throws {DataFileError} naming file and line of a row without a past, or with another number of steps to forecast */
export function encodeSeries(
  { horizon }: Scaler,
  { values: { past, next }, file, line }: DataRecord<ForecastFields>,
  index: number,
): SeriesExample {
  if (past.length === 0) throw new DataFileError(file, line, "past has no numbers; a forecast needs at least one");
  if (next !== undefined && next.length !== horizon) {
    throw new DataFileError(
      file,
      line,
      `next has ${next.length} numbers, the first row of train has ${horizon}; give every row as many`,
    );
  }
  return { index, past, next };
}

export function collateSeries(scaler: Scaler, examples: readonly SeriesExample[]): SeriesBatch {
  const lengths = Int32Array.from(examples, ({ past }) => past.length);
  const seqLen = Math.max(...lengths);
  const past = new Float64Array(examples.length * seqLen);
  const next = new Float64Array(examples.length * scaler.horizon).fill(Number.NaN);
  for (const [row, example] of examples.entries()) {
    past.set(
      example.past.map((value) => scale(scaler, value)),
      row * seqLen,
    );
    if (example.next)
      next.set(
        example.next.map((value) => scale(scaler, value)),
        row * scaler.horizon,
      );
  }
  return { past, lengths, batchSize: examples.length, seqLen, next };
}
