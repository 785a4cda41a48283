/** Random orthogonal matrices, which keep the length of a recurrent state (Saxe, McClelland & Ganguli 2014, section 3). */
import type { Initializer } from "./initializer.ts";

/**
 * An orthogonal `[rows, columns]` matrix: orthonormal rows, or orthonormal columns when there are more rows than columns.
 * Modified Gram-Schmidt in float64, run twice over each vector, on normal draws.
 */
export const orthogonal: Initializer = (shape, stream) => {
  const [rows = 1, columns = 1] = shape;
  const count = Math.min(rows, columns);
  const size = Math.max(rows, columns);
  const vectors = stream.normal(count * size); // [count, size], made orthonormal row by row
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * size, (i + 1) * size);
    // A second pass removes what rounding left of the earlier vectors (Giraud et al. 2005: "twice is enough").
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) removeProjection(vector, vectors.subarray(j * size, (j + 1) * size));
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < size; k++) vector[k] = vector[k]! / length;
  }
  if (rows <= columns) return vectors;
  const transposed = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) transposed[row * columns + column] = vectors[column * size + row]!;
  }
  return transposed;
};

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function removeProjection(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit);
  for (let k = 0; k < vector.length; k++) vector[k] = vector[k]! - share * unit[k]!;
}
