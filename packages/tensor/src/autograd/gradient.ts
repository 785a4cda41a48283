/** A gradient: dense, or some rows of a matrix whose other rows are zero. */
import { Tensor } from "../tensor.ts";

export type Gradient = DenseGradient | SparseGradient;

export interface DenseGradient {
  readonly kind: "dense";
  readonly values: Tensor;
}

/** Sparse is only storage: everything treats it as the dense gradient that it stands for. */
export interface SparseGradient {
  readonly kind: "sparse";
  /** int32 `[n]`, rising, unique. */
  readonly rows: Tensor;
  /** `[n, width]` */
  readonly values: Tensor;
  /** Shape of the dense gradient, `[rows, width]`. */
  readonly shape: readonly number[];
}

export function asGradient(gradient: Tensor | Gradient): Gradient {
  return gradient instanceof Tensor ? { kind: "dense", values: gradient } : gradient;
}

/** The gradient as a tensor of the parameter's shape. */
export function denseGradient(gradient: Gradient): Tensor {
  if (gradient.kind === "dense") return gradient.values;
  const { rows, values, shape } = gradient;
  const dense = values.session.empty(shape);
  values.session.backend.scatterAddRows(values.storage, rows.storage, dense.storage, shape[1]!);
  return dense;
}
