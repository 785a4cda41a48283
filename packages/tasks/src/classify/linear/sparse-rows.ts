/** Rows of numbers most of which are 0: the others, row by row. */
export interface SparseRows {
  /** Where each row begins in `columns` and `values`, and where the last one ends. */
  readonly starts: readonly number[];
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Packs rows of columns and their values. */
export function packRows(rows: Iterable<ReadonlyMap<number, number>>): SparseRows {
  const starts = [0];
  const columns: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    for (const [column, value] of row) {
      columns.push(column);
      values.push(value);
    }
    starts.push(columns.length);
  }
  return { starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}
