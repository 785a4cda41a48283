/** Orthonormal vectors in float64, for first weights: by kernels where a session has them, with the same bits. */
import type { Session } from "./session.ts";

/**
 * Makes the rows of `vectors` orthonormal in place, one after the other: modified Gram-Schmidt, whose products of vectors miss 0 and 1
 * by about the rows' condition number times 1e-16 (Björck 1967).
 *
 * @param vectors  `[count, size]`, row-major, rows that are linearly independent
 * @param session  whose kernels do it sooner, on all threads. Default: plain loops
 * @throws {ScopeError} if the session was disposed
 */
export function orthonormalize(vectors: Float64Array, count: number, size: number, session?: Session): void {
  const backend = session?.liveBackend;
  if (backend?.orthonormalize) backend.orthonormalize(vectors, count, size);
  else orthonormalizeInLoops(vectors, count, size);
}

function orthonormalizeInLoops(values: Float64Array, count: number, size: number): void {
  const vectors = Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
  const idle = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const unit = vectors[i]!;
    normalize(unit);
    for (let j = i + 1; j < count; j += 4) {
      removeProjections(unit, vectors[j]!, vectors[j + 1] ?? idle, vectors[j + 2] ?? idle, vectors[j + 3] ?? idle);
    }
  }
}

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
