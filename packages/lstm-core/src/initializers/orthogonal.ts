/** Random orthogonal matrices, which keep the length of a recurrent state (Saxe, McClelland & Ganguli 2014, section 3). */
import { orthonormalize } from "@cellstate/tensor";
import type { Initializer } from "./initializer.ts";

/**
 * An orthogonal `[rows, columns]` matrix: orthonormal rows, or orthonormal columns when there are more rows than columns, to far
 * more digits than a float32 can hold.
 */
export const orthogonal: Initializer = (shape, stream, session) => {
  const [rows = 1, columns = 1] = shape;
  const count = Math.min(rows, columns);
  const size = Math.max(rows, columns);
  const values = stream.normal(count * size, session); // [count, size]
  orthonormalize(values, count, size, session);
  return rows <= columns ? values : transposed(values, rows, columns);
};

/** `[columns, rows]` as `[rows, columns]`. */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[row * columns + column] = values[column * rows + row]!;
  }
  return out;
}
