/** Shapes of row-major tensors: sizes, strides, axes and NumPy's broadcasting rule. */
import { ShapeError } from "./errors.ts";

export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** @throws {ShapeError} unless every extent is a non-negative integer */
export function checkShape(op: string, shape: Shape): void {
  if (!Array.isArray(shape)) throw new ShapeError(op, "a shape such as [2, 3]", String(shape));
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(op, "non-negative integer extents", shape);
  }
}

/** `axis` counted from the front; negative ones count from the back. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || fromFront < 0 || fromFront >= rank) {
    throw new ShapeError(op, `an axis in [${-rank}, ${rank - 1}]`, `axis ${axis}`);
  }
  return fromFront;
}

/** The common shape of `a` and `b`: aligned at the end, an extent of 1 stretches. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(op, `a shape that broadcasts with [${a.join(", ")}]`, b);
    }
    return left === 1 ? right : left;
  });
}

/** Strides that read `shape` as if it were `target`; 0 where it is stretched. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((_, axis) => (axis < offset || shape[axis - offset] === 1 ? 0 : strides[axis - offset]!));
}

/** `shape` seen as `[outer, length, inner]` around `axis`. */
export function splitAtAxis(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}
