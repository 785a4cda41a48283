/** Where elements lie: blocks of a backend, and the way that a kernel walks them. */
import type { DType } from "./dtype.ts";

/** A block of elements that a backend owns; only the backend that made it knows where it lies. */
export interface Storage {
  readonly dtype: DType;
  readonly length: number;
}

/** How a kernel walks an array: element `(i0, i1, ...)` lies at `offset + i0 * strides[0] + ...`. */
export interface Layout {
  readonly offset: number;
  readonly strides: readonly number[];
}
