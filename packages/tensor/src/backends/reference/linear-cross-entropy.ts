/** The output layer with its loss, by definition a product, a row-wise loss, and the products of their gradients. */
import type { LinearCrossEntropyArgs } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { reduce } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { type CrossEntropyArrays, crossEntropyBackward, crossEntropyForward } from "./rows.ts";
import type { Floats } from "./sums.ts";

export interface LinearCrossEntropyArrays extends CrossEntropyArrays {
  readonly shape: LinearCrossEntropyArgs;
  readonly x: Floats;
  readonly weight: Floats;
  readonly bias: Floats | undefined;
}

export interface LinearCrossEntropyGradientArrays {
  readonly x: Floats | undefined;
  readonly weight: Floats | undefined;
  readonly bias: Floats | undefined;
}

const plainProduct = { batch: 1, transposeA: false, transposeB: false, sharedB: true };

export function linearCrossEntropyForward(math: Arithmetic, arrays: LinearCrossEntropyArrays) {
  const { shape, x, weight, bias, logits } = arrays;
  const { rows, classes, features } = shape;
  const product = { ...plainProduct, transposeB: true, m: rows, n: classes, k: features };
  matmul(math, product, x, weight, bias, logits);
  return crossEntropyForward(math, arrays);
}

export function linearCrossEntropyBackward(
  math: Arithmetic,
  arrays: LinearCrossEntropyArrays,
  scale: number,
  gradients: LinearCrossEntropyGradientArrays,
): void {
  const { shape, x, weight, logits } = arrays;
  const { rows, classes, features } = shape;
  crossEntropyBackward(math, arrays, scale, logits); // each logit becomes its gradient
  if (gradients.x) {
    matmul(math, { ...plainProduct, m: rows, n: features, k: classes }, logits, weight, undefined, gradients.x);
  }
  if (gradients.weight) {
    const product = { ...plainProduct, transposeA: true, m: classes, n: features, k: rows };
    matmul(math, product, logits, x, undefined, gradients.weight);
  }
  if (gradients.bias) reduce(math, "sum", logits, gradients.bias, 1, rows, classes);
}
