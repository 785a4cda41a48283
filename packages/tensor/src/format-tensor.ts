/** A tensor as text for people: type, shape and elements, of large tensors the first and last ones, as NumPy and PyTorch print them. */
import type { TypedArray } from "./dtype.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Tensors with more elements are shortened. */
const MOST_ELEMENTS = 1000;
/** Entries that are shown at each end of a dimension that is shortened. */
const EDGE = 3;
const DIGITS = 6;

/** Nested brackets, a line a row; real numbers with six digits. */
export function formatElements(data: TypedArray, shape: Shape): string {
  const isShort = data.length <= MOST_ELEMENTS;
  return formatPart(data, shape, { start: 0, depth: 0, isShort });
}

interface Part {
  /** Index of its first element. */
  readonly start: number;
  /** Dimensions around it. */
  readonly depth: number;
  /** Whether all entries are shown. */
  readonly isShort: boolean;
}

function formatPart(data: TypedArray, shape: Shape, { start, depth, isShort }: Part): string {
  const [count, ...inner] = shape;
  if (count === undefined) return formatNumber(data[start]!);
  const size = sizeOf(inner);
  const show = (index: number) => formatPart(data, inner, { start: start + index * size, depth: depth + 1, isShort });
  const indices = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  const entries =
    isShort || count <= 2 * EDGE
      ? indices(0, count).map(show)
      : [...indices(0, EDGE).map(show), "...", ...indices(count - EDGE, count).map(show)];
  // Rows stand below each other, matrices with an empty line between them.
  const separator = inner.length === 0 ? ", " : `,${"\n".repeat(inner.length)}${" ".repeat(depth + 1)}`;
  return `[${entries.join(separator)}]`;
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(DIGITS)));
}
