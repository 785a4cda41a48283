/** Ops that move elements without computing: reshape, transpose, concat, stack, slice, and what they compose. */
import { needsGrad } from "../autograd/tape.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { normalizeAxis, type Shape, sizeOf, stridesOf } from "../shape.ts";
import type { Layout } from "../storage.ts";
import type { Tensor } from "../tensor.ts";

/** The same elements in row-major order under another shape; one extent may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.filter((extent) => extent === -1).length;
  if (unknown > 1 || !shape.every((extent) => extent === -1 || (Number.isSafeInteger(extent) && extent >= 0))) {
    throw new ShapeError("reshape", "extents that are integers >= 0, of which one may be -1", shape);
  }
  const known = shape.reduce((size, extent) => (extent === -1 ? size : size * extent), 1);
  const full = shape.map((extent) => (extent === -1 ? x.size / known : extent));
  if (sizeOf(full) !== x.size || !full.every(Number.isInteger)) {
    throw new ShapeError("reshape", `a shape of ${x.size} elements for [${x.shape.join(", ")}]`, shape);
  }
  const { session } = x;
  const out = session.alias(x, full, needsGrad([x]));
  if (out.requiresGrad) {
    session.record({ op: "reshape", inputs: [x], outputs: [out], backward: ([dy]) => [session.alias(dy!, x.shape)] });
  }
  return out;
}

function moved(x: Tensor, from: Layout, shape: Shape, to: Layout, out: Tensor): Tensor {
  x.session.backend.copy(x.storage, from, out.storage, to, shape, false);
  return out;
}

/** Reorders axes: axis `i` of the result is axis `axes[i]` of `x`. */
export function transpose(x: Tensor, axes: readonly number[]): Tensor {
  const order = axes.map((axis) => normalizeAxis("transpose", axis, x.shape.length));
  if (order.length !== x.shape.length || new Set(order).size !== order.length) {
    throw new ShapeError("transpose", `each axis of [${x.shape.join(", ")}] once`, axes);
  }
  const { session } = x;
  const shape = order.map((axis) => x.shape[axis]!);
  const strides = stridesOf(x.shape);
  const permuted: Layout = { offset: 0, strides: order.map((axis) => strides[axis]!) };
  const plain: Layout = { offset: 0, strides: stridesOf(shape) };
  const out = moved(x, permuted, shape, plain, session.empty(shape, { requiresGrad: needsGrad([x]), dtype: x.dtype }));
  if (out.requiresGrad) {
    session.record({
      op: "transpose",
      inputs: [x],
      outputs: [out],
      backward: ([dy]) => [moved(dy!, plain, shape, permuted, session.empty(x.shape))],
    });
  }
  return out;
}

/** Joins tensors along `axis`; their other extents agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new ShapeError("concat", "at least one tensor", "none");
  const { session } = first;
  const at = normalizeAxis("concat", axis, first.shape.length);
  for (const tensor of tensors) {
    if (tensor.dtype !== first.dtype) throw new DTypeError("concat", `${first.dtype} like the first`, tensor.dtype);
    if (tensor.shape.length !== first.shape.length || tensor.shape.some((n, i) => i !== at && n !== first.shape[i])) {
      throw new ShapeError(
        "concat",
        `shapes that agree with [${first.shape.join(", ")}] except on axis ${at}`,
        tensor.shape,
      );
    }
  }
  const shape = first.shape.map((extent, i) => (i === at ? tensors.reduce((sum, t) => sum + t.shape[at]!, 0) : extent));
  const out = session.empty(shape, { requiresGrad: needsGrad(tensors), dtype: first.dtype });
  const strides = stridesOf(shape);
  let start = 0;
  const places = tensors.map((tensor) => {
    const place: Layout = { offset: start * strides[at]!, strides };
    start += tensor.shape[at]!;
    return place;
  });
  tensors.forEach((tensor, i) => {
    moved(tensor, { offset: 0, strides: stridesOf(tensor.shape) }, tensor.shape, places[i]!, out);
  });
  if (out.requiresGrad) {
    session.record({
      op: "concat",
      inputs: tensors,
      outputs: [out],
      backward: ([dy]) =>
        tensors.map((tensor, i) => {
          if (!tensor.requiresGrad) return undefined;
          const own: Layout = { offset: 0, strides: stridesOf(tensor.shape) };
          return moved(dy!, places[i]!, tensor.shape, own, session.empty(tensor.shape));
        }),
    });
  }
  return out;
}

/** Joins tensors of one shape along a new `axis`. */
export function stack(tensors: readonly Tensor[], axis: number): Tensor {
  const rank = (tensors[0]?.shape.length ?? 0) + 1;
  const at = normalizeAxis("stack", axis, rank);
  return concat(
    tensors.map((tensor) => reshape(tensor, [...tensor.shape.slice(0, at), 1, ...tensor.shape.slice(at)])),
    at,
  );
}

/**
 * A copy through which no gradient flows, and which `backward` does not free: what one chunk of a sequence hands to the next where
 * back-propagation is cut (Williams & Peng 1990).
 */
export function detach(x: Tensor): Tensor {
  const plain: Layout = { offset: 0, strides: stridesOf(x.shape) };
  return moved(x, plain, x.shape, plain, x.session.empty(x.shape, { dtype: x.dtype }));
}

/** Elements `[start, end)` along `axis`. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const { session } = x;
  const at = normalizeAxis("slice", axis, x.shape.length);
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= x.shape[at]!)) {
    throw new ShapeError("slice", `0 <= start <= end <= ${x.shape[at]} on axis ${at}`, `[${start}, ${end})`);
  }
  const shape = x.shape.map((extent, i) => (i === at ? end - start : extent));
  const strides = stridesOf(x.shape);
  const window: Layout = { offset: start * strides[at]!, strides };
  const own: Layout = { offset: 0, strides: stridesOf(shape) };
  const out = moved(x, window, shape, own, session.empty(shape, { requiresGrad: needsGrad([x]), dtype: x.dtype }));
  if (out.requiresGrad) {
    session.record({
      op: "slice",
      inputs: [x],
      outputs: [out],
      backward: ([dy], ownSum) => {
        const sum = ownSum(x);
        if (sum === undefined) return [moved(dy!, own, shape, window, session.zeros(x.shape))];
        session.backend.copy(dy!.storage, own, sum.storage, window, shape, true);
        return [undefined];
      },
    });
  }
  return out;
}

/**
 * Consecutive blocks of rows, as `slice` on axis 0 gives them, but as one op: their gradients meet in one copy each.
 *
 * @param x       `[rows, ...]`
 * @param counts  rows of each block, integers >= 0 that add up to all rows
 * @throws {ShapeError} if they do not
 */
export function splitRows(x: Tensor, counts: readonly number[]): Tensor[] {
  const { session } = x;
  const [rows, ...rest] = x.shape;
  const isSplit = counts.every((count) => Number.isInteger(count) && count >= 0);
  if (!isSplit || counts.reduce((sum, count) => sum + count, 0) !== rows) {
    throw new ShapeError("splitRows", `counts that add up to ${rows} rows`, counts);
  }
  const requiresGrad = needsGrad([x]);
  const width = sizeOf(rest);
  const flat: Layout = { offset: 0, strides: [1] };
  let start = 0;
  const places = counts.map((count) => {
    const place: Layout = { offset: start * width, strides: [1] };
    start += count;
    return place;
  });
  const parts = counts.map((count, index) => {
    const out = session.empty([count, ...rest], { requiresGrad, dtype: x.dtype });
    return moved(x, places[index]!, [out.size], flat, out);
  });
  if (requiresGrad) {
    session.record({
      op: "splitRows",
      inputs: [x],
      outputs: [...parts], // whose order a caller may change
      backward: (gradients) => {
        const isWhole = gradients.every((dy) => dy !== undefined);
        const dx = isWhole ? session.empty(x.shape) : session.zeros(x.shape);
        gradients.forEach((dy, index) => {
          if (dy) moved(dy, flat, [dy.size], places[index]!, dx);
        });
        return [dx];
      },
    });
  }
  return parts;
}

/** Parts along `axis`, `extent` wide each; the last one takes what is left. */
export function split(x: Tensor, extent: number, axis: number): Tensor[] {
  const at = normalizeAxis("split", axis, x.shape.length);
  if (!Number.isInteger(extent) || extent < 1) throw new ShapeError("split", "an extent >= 1", `${extent}`);
  const length = x.shape[at]!;
  return Array.from({ length: Math.ceil(length / extent) }, (_, i) =>
    slice(x, at, i * extent, Math.min((i + 1) * extent, length)),
  );
}

/** At most `count` parts along `axis`, all of one extent but perhaps a shorter last one. */
export function chunk(x: Tensor, count: number, axis: number): Tensor[] {
  const at = normalizeAxis("chunk", axis, x.shape.length);
  if (!Number.isInteger(count) || count < 1) throw new ShapeError("chunk", "a count >= 1", `${count}`);
  return split(x, Math.max(1, Math.ceil(x.shape[at]! / count)), at);
}

/** Without `axis`, whose extent is 1. */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis("squeeze", axis, x.shape.length);
  if (x.shape[at] !== 1) throw new ShapeError("squeeze", `an extent of 1 on axis ${at}`, x.shape);
  return reshape(
    x,
    x.shape.filter((_, i) => i !== at),
  );
}

/** With a new axis of extent 1 that becomes `axis` of the result. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis("unsqueeze", axis, x.shape.length + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}
