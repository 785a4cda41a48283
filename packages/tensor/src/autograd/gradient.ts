/**
 * A gradient: dense, some rows of a matrix whose other rows are zero, or a sum that nobody has needed yet, of either.
 */
import { type Block, Tensor } from "../tensor.ts";
import { distinctRows, slotsAmong } from "./row-numbers.ts";

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

/** One use of a weight: its gradient is `left^T right`, of `rows` rows of both. */
interface ProductTerm {
  /** `[n, rows of the weight]` */
  readonly left: Tensor;
  /** `[n, columns of the weight]` */
  readonly right: Tensor;
  /** The first of the rows. */
  readonly leftRow: number;
  readonly rightRow: number;
  readonly rows: number;
}

/**
 * The gradient of a weight that a loop over time uses step by step. Its terms are multiplied and added in their order, as if
 * each had come alone, but in one go, so that no sum of the weight's size is written and read at each step.
 */
export interface ProductGradient {
  readonly kind: "products";
  readonly terms: readonly ProductTerm[];
  /** Shape of the weight. */
  readonly shape: readonly number[];
}

/** Gradients of several look-ups in one table, which are added in their order: rows stay rows. */
interface SparseSum {
  readonly kind: "sparse sum";
  readonly terms: readonly SparseGradient[];
}

/** What an op hands to the sums of the backward pass, and what those hold. */
export type PendingGradient = Gradient | ProductGradient | SparseSum;

/** Most rows of a term: a block of the sums over rows (see the numerics contract). */
const BLOCK = 256;

/** The gradient `left^T right`, put off where its order of summation allows it. */
export function productGradient(left: Tensor, right: Tensor): ProductGradient | undefined {
  const rows = left.shape[0]!;
  if (rows === 0 || rows > BLOCK) return undefined;
  return { kind: "products", terms: [{ left, right, leftRow: 0, rightRow: 0, rows }], shape: shapeOf(left, right) };
}

/**
 * The gradient of a weight that each step of an op has used, the last step's product first; put off where no step has more rows
 * than a block.
 *
 * @param left      `[steps * rows, rows of the weight]`, step by step
 * @param right     `[, columns of the weight]`, the same from row `rightRow` on
 * @param rows      of a step
 */
export function stepProducts(left: Tensor, right: Tensor, rows: number, rightRow = 0): PendingGradient {
  const { session } = left;
  const shape = shapeOf(left, right);
  if (rows === 0) return { kind: "dense", values: session.zeros(shape) };
  const starts = Array.from({ length: left.shape[0]! / rows }, (_, step) => step * rows).reverse();
  const blocks = Array.from({ length: Math.ceil(rows / BLOCK) }, (_, block) => block * BLOCK);
  const steps = starts.map((start) =>
    blocks.map((block) => {
      const at = start + block;
      return { left, right, leftRow: at, rightRow: rightRow + at, rows: Math.min(BLOCK, rows - block) };
    }),
  );
  if (rows <= BLOCK) return { kind: "products", terms: steps.flat(), shape };
  const [last, ...others] = steps.map((terms) => product(terms, shape));
  const flat = { offset: 0, strides: [1] };
  for (const { storage } of others) session.backend.copy(storage, flat, last!.storage, flat, [last!.size], true);
  return { kind: "dense", values: last! };
}

function shapeOf(left: Tensor, right: Tensor): readonly number[] {
  return [left.shape[1]!, right.shape[1]!];
}

/** Computes what was put off. */
export function settle(gradient: PendingGradient): Gradient {
  switch (gradient.kind) {
    case "products":
      return { kind: "dense", values: product(gradient.terms, gradient.shape) };
    case "sparse sum":
      return settleRows(gradient);
    default:
      return gradient;
  }
}

function product(terms: readonly ProductTerm[], shape: readonly number[]): Tensor {
  const { session } = terms[0]!.left;
  const values = session.empty(shape);
  session.backend.productSum({
    terms: terms.map((term) => ({ ...term, left: term.left.storage, right: term.right.storage })),
    out: values.storage,
    m: shape[0]!,
    n: shape[1]!,
  });
  return values;
}

function settleRows({ terms }: SparseSum): SparseGradient {
  const { shape, values: first } = terms[0]!;
  const { session } = first;
  const rowsOf = terms.map(({ rows }) => rows.readSync() as Int32Array);
  const rows = distinctRows(rowsOf.flatMap((numbers) => [...numbers]));
  const values = session.empty([rows.length, shape[1]!]);
  for (const [index, term] of terms.entries()) {
    const slots = session.tensor(slotsAmong(rows, rowsOf[index]!), [term.rows.size], { dtype: "int32" });
    const { backend } = session;
    backend.scatterAddRows(term.values.storage, slots.storage, values.storage, { width: shape[1]!, adds: index > 0 });
  }
  return { kind: "sparse", rows: session.tensor(rows, [rows.length], { dtype: "int32" }), values, shape };
}

/** Its terms, if it is some rows of a table. */
export function sparseTerms(gradient: PendingGradient): readonly SparseGradient[] | undefined {
  if (gradient.kind === "sparse") return [gradient];
  return gradient.kind === "sparse sum" ? gradient.terms : undefined;
}

/** Adds rows to a dense gradient in place; rows that they do not name stay as they are. */
export function addRows(sum: Tensor, { rows, values, shape }: SparseGradient): void {
  sum.session.backend.scatterAddRows(values.storage, rows.storage, sum.storage, { width: shape[1]!, adds: true });
}

export function asGradient(gradient: Tensor | PendingGradient): PendingGradient {
  return gradient instanceof Tensor ? { kind: "dense", values: gradient } : gradient;
}

/** Blocks that a gradient lies in or is still to be computed from. */
export function blocksOf(gradient: PendingGradient): readonly Block[] {
  switch (gradient.kind) {
    case "dense":
      return [gradient.values.block];
    case "sparse":
      return [gradient.rows.block, gradient.values.block];
    case "products":
      return gradient.terms.flatMap(({ left, right }) => [left.block, right.block]);
    case "sparse sum":
      return gradient.terms.flatMap(blocksOf);
    default:
      return gradient satisfies never;
  }
}

/** The gradient as a tensor of the parameter's shape. */
export function denseGradient(gradient: Gradient): Tensor {
  if (gradient.kind === "dense") return gradient.values;
  const { rows, values, shape } = gradient;
  const dense = values.session.empty(shape);
  values.session.backend.scatterAddRows(values.storage, rows.storage, dense.storage, { width: shape[1]!, adds: false });
  return dense;
}
