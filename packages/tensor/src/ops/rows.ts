/** Selecting by index: embedding look-up with a sparse gradient, gathering rows of any tensor, or elements along an axis. */
import type { SparseGradient } from "../autograd/gradient.ts";
import { distinctRows, slotsAmong } from "../autograd/row-numbers.ts";
import { needsGrad } from "../autograd/tape.ts";
import { DTypeError, IndexError, ShapeError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import { normalizeAxis, sizeOf, splitAtAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

export interface EmbeddingOptions {
  /** Row that gets no gradient. Default: none. */
  readonly paddingIndex?: number;
}

/** @throws {IndexError} naming the first id outside the table */
function checkIds(op: string, ids: ArrayLike<number>, count: number): void {
  for (let i = 0; i < ids.length; i++) {
    if (!(Number.isInteger(ids[i]) && ids[i]! >= 0 && ids[i]! < count)) {
      throw new IndexError(`${op}: id ${ids[i]} at position ${i} is outside the table of ${count} rows`);
    }
  }
}

const embeddingOptionNames: OptionNames<EmbeddingOptions> = { paddingIndex: true };

/**
 * Rows of `weight` by id.
 *
 * @param weight `[vocabSize, embeddingSize]`
 * @param ids    int32, any shape
 * @returns `[...ids.shape, embeddingSize]`
 * @throws {IndexError} if an id is outside `[0, vocabSize)`
 */
export function embedding(weight: Tensor, ids: Tensor, options: EmbeddingOptions = {}): Tensor {
  requireKnownOptions("embedding", options, embeddingOptionNames);
  if (weight.shape.length !== 2)
    throw new ShapeError("embedding", "a weight of shape [vocabSize, embeddingSize]", weight.shape);
  checkFloat("embedding", weight);
  if (ids.dtype !== "int32") throw new DTypeError("embedding", "int32 ids", ids.dtype);
  const { session } = weight;
  const [vocabSize, width] = weight.shape as [number, number];
  const flat = ids.readSync() as Int32Array;
  checkIds("embedding", flat, vocabSize);
  const out = session.empty([...ids.shape, width], { requiresGrad: needsGrad([weight]) });
  session.backend.gatherRows(weight.storage, ids.storage, out.storage, width);
  if (out.requiresGrad) {
    session.record({
      op: "embedding",
      inputs: [weight],
      outputs: [out],
      backward: ([dy]) => [sparseRows(dy!, flat, weight.shape, options.paddingIndex)],
    });
  }
  return out;
}

/** Adds the rows of `dy` that share an id, in rising position. */
function sparseRows(
  dy: Tensor,
  ids: Int32Array,
  shape: readonly number[],
  paddingIndex: number | undefined,
): SparseGradient {
  const { session } = dy;
  const unique = distinctRows(ids).filter((id) => id !== paddingIndex);
  const slots = session.tensor(slotsAmong(unique, ids), [ids.length], { dtype: "int32" });
  const values = session.empty([unique.length, shape[1]!]);
  session.backend.scatterAddRows(dy.storage, slots.storage, values.storage, { width: shape[1]!, adds: false });
  return { kind: "sparse", rows: session.tensor(unique, [unique.length], { dtype: "int32" }), values, shape };
}

/**
 * Rows of `x` along its first axis, in the given order; a row may come more than once.
 *
 * @param x    `[n, ...]`
 * @param rows numbers in `[0, n)`
 * @returns `[rows.length, ...]`
 */
export function gatherRows(x: Tensor, rows: Int32Array): Tensor {
  const { session } = x;
  const [count, ...rest] = x.shape;
  checkFloat("gatherRows", x);
  if (count === undefined) throw new ShapeError("gatherRows", "at least one axis", x.shape);
  checkIds("gatherRows", rows, count);
  const width = sizeOf(rest);
  const ids = session.tensor(rows, [rows.length], { dtype: "int32" });
  const out = session.empty([rows.length, ...rest], { requiresGrad: needsGrad([x]) });
  session.backend.gatherRows(x.storage, ids.storage, out.storage, width);
  if (out.requiresGrad) {
    session.record({
      op: "gatherRows",
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.scatterAddRows(dy!.storage, ids.storage, dx.storage, { width, adds: false });
        return [dx];
      },
    });
  }
  return out;
}

/**
 * Elements of `x` along `axis`, picked for each position: `out[.., j, ..] = x[.., indices[.., j, ..], ..]`, as PyTorch's
 * `gather`.
 *
 * @param x       any float tensor
 * @param indices int32, the shape of `x` but for any extent on `axis`; values in `[0, x.shape[axis])`
 * @returns the shape of `indices`
 * @throws {IndexError} naming the first index outside the axis
 */
export function gather(x: Tensor, axis: number, indices: Tensor): Tensor {
  checkFloat("gather", x);
  if (indices.dtype !== "int32") throw new DTypeError("gather", "int32 indices", indices.dtype);
  const at = normalizeAxis("gather", axis, x.shape.length);
  if (indices.shape.length !== x.shape.length || indices.shape.some((n, i) => i !== at && n !== x.shape[i])) {
    const expected = `indices of a shape that agrees with [${x.shape.join(", ")}] except on axis ${at}`;
    throw new ShapeError("gather", expected, indices.shape);
  }
  const { session } = x;
  const shape = { ...splitAtAxis(x.shape, at), count: indices.shape[at]! };
  (indices.readSync() as Int32Array).forEach((index, position) => {
    if (index < 0 || index >= shape.length) {
      throw new IndexError(`gather: index ${index} at position ${position} is outside axis ${at} of ${shape.length}`);
    }
  });
  const out = session.empty(indices.shape, { requiresGrad: needsGrad([x]) });
  session.backend.gather(x.storage, indices.storage, out.storage, shape);
  if (out.requiresGrad) {
    session.record({
      op: "gather",
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.gatherGradient(dy!.storage, indices.storage, dx.storage, shape);
        return [dx];
      },
    });
  }
  return out;
}
