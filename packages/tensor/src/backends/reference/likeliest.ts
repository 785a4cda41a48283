/** The likeliest class of an output layer: the definition of the choice, from all logits. */
import type { LikeliestArgs } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { matmul } from "./matmul.ts";
import { softmax, topK } from "./rows.ts";
import { type Floats, floatArray } from "./sums.ts";

interface LikeliestArrays {
  readonly x: Floats;
  readonly weight: Floats;
  readonly bias: Floats | undefined;
}

export function likeliest(
  math: Arithmetic,
  { rows, classes, features, excluded }: Pick<LikeliestArgs, "rows" | "classes" | "features" | "excluded">,
  { x, weight, bias }: LikeliestArrays,
  out: Int32Array,
): void {
  const logits = floatArray(math.floatType, rows * classes);
  const shape = { batch: 1, m: rows, n: classes, k: features, transposeA: false, transposeB: true, sharedB: true };
  matmul(math, shape, x, weight, bias, logits);
  softmax(math, logits, logits, rows, classes, true);
  const count = excluded.length + 1;
  const best = new Int32Array(rows * count);
  topK(logits, floatArray(math.floatType, rows * count), best, rows, classes, count);
  for (let row = 0; row < rows; row++) {
    out[row] = best.subarray(row * count, (row + 1) * count).find((id) => !excluded.includes(id))!;
  }
}
