/** A series on its grid of equal steps: a column for each number, NaN where a row or its number is missing. */
import { DataFileError } from "@cellstate/data";
import type { SeriesRow } from "./rows.ts";
import { type Step, stepFrom, stepsBetween } from "./times.ts";

export interface Frame {
  /** Name of the series. */
  readonly series: string;
  /** `[steps]`. */
  readonly times: Float64Array;
  /** `[columns][steps]`: target, covariates, known ahead. */
  readonly columns: readonly Float64Array[];
  readonly categories: readonly (string | undefined)[];
}

/** More steps without a row than this many for each row are taken for a mistake. */
const MOST_STEPS_A_ROW = 1000;

/**
 * Lays rows on their grid.
 *
 * @param rows   at least one, in rising order of time
 * @param ahead  steps without rows to add at the end
 * @throws {DataFileError} naming the row whose time is no whole number of steps after the first, or so far after that the step must be wrong
 */
export function frameOf(series: string, rows: readonly SeriesRow[], step: Step, ahead = 0): Frame {
  const [first] = rows;
  const places = rows.map((row, index) => (step.unit === "row" ? index : placeOf(row, first!, step)));
  const last = places.at(-1)!;
  if (last > MOST_STEPS_A_ROW * rows.length) {
    throw tooFew(rows.at(-1)!, last, rows.length);
  }
  const length = last + 1 + ahead;
  const times = Float64Array.from({ length }, (_, at) => stepFrom(first!.time, at, step));
  const columns = first!.numbers.map(() => new Float64Array(length).fill(Number.NaN));
  for (const [index, row] of rows.entries()) {
    const at = places[index]!;
    if (step.unit === "row") times[at] = row.time;
    for (const [column, numbers] of columns.entries()) numbers[at] = row.numbers[column]!;
  }
  if (step.unit === "row") for (let at = last + 1; at < length; at++) times[at] = times[at - 1]! + step.size;
  return { series, times, columns, categories: first!.categories };
}

function placeOf(row: SeriesRow, first: SeriesRow, step: Step): number {
  const place = stepsBetween(first.time, row.time, step);
  // Times that are fractions are rounded.
  if (Math.abs(place - Math.round(place)) < 1e-6) return Math.round(place);
  const grid = `the grid of series.frequency, which starts at line ${first.line}`;
  throw new DataFileError(
    row.file,
    row.line,
    `the time is not on ${grid}; mend it, name the frequency, or say frequency: rows to take each row as a step`,
  );
}

function tooFew({ file, line }: SeriesRow, steps: number, rows: number): DataFileError {
  return new DataFileError(
    file,
    line,
    `up to here ${steps} steps have ${rows} rows; name a longer series.frequency, or say frequency: rows`,
  );
}
