/** Random orthogonal matrices, which keep the length of a recurrent state (Saxe, McClelland & Ganguli 2014, section 3). */
import type { Initializer } from "./initializer.ts";

/**
 * An orthogonal `[rows, columns]` matrix: orthonormal rows, or orthonormal columns when there are more rows than columns.
 * Modified Gram-Schmidt in float64 on normal draws: products of vectors miss 0 and 1 by about the draws' condition number, in the
 * thousands, times 1e-16 (Björck 1967), far less than a float32 can hold.
 */
export const orthogonal: Initializer = (shape, stream) => {
  const [rows = 1, columns = 1] = shape;
  const count = Math.min(rows, columns);
  const size = Math.max(rows, columns);
  const values = stream.normal(count * size); // [count, size], made orthonormal row by row
  const vectors = Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
  const idle = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const unit = vectors[i]!;
    normalize(unit);
    for (let j = i + 1; j < count; j += 4) {
      removeProjections(unit, vectors[j]!, vectors[j + 1] ?? idle, vectors[j + 2] ?? idle, vectors[j + 3] ?? idle);
    }
  }
  return rows <= columns ? values : transposed(values, rows, columns);
};

function normalize(vector: Float64Array): void {
  let square = 0;
  for (let k = 0; k < vector.length; k++) square += vector[k]! * vector[k]!;
  const length = Math.sqrt(square);
  for (let k = 0; k < vector.length; k++) vector[k] = vector[k]! / length;
}

/** Makes vectors orthogonal to `unit`: four at a time, whose sums do not wait for each other. */
function removeProjections(
  unit: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
): void {
  let [onA, onB, onC, onD] = [0, 0, 0, 0];
  for (let k = 0; k < unit.length; k++) {
    const u = unit[k]!;
    onA += u * a[k]!;
    onB += u * b[k]!;
    onC += u * c[k]!;
    onD += u * d[k]!;
  }
  for (let k = 0; k < unit.length; k++) {
    const u = unit[k]!;
    a[k] = a[k]! - onA * u;
    b[k] = b[k]! - onB * u;
    c[k] = c[k]! - onC * u;
    d[k] = d[k]! - onD * u;
  }
}

/** `[columns, rows]` as `[rows, columns]`. */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[row * columns + column] = values[column * rows + row]!;
  }
  return out;
}
