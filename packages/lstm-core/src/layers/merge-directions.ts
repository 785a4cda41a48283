/** How what both directions of a layer gave becomes one tensor (Schuster & Paliwal 1997 join them; the other ways are Keras's). */
import { add, mul, slice, type Tensor } from "@cellstate/tensor";
import type { MergeMode } from "./recurrent-options.ts";

/**
 * Merges the halves of the last axis.
 *
 * @param joined  `[..., 2 * stateSize]`, forward features first
 * @returns `[..., stateSize]`; with `concat` and `none` what was given
 */
export function mergeHalves(joined: Tensor, mode: MergeMode): Tensor {
  if (mode === "concat" || mode === "none") return joined;
  const [forward, reverse] = halvesOf(joined);
  if (mode === "mul") return mul(forward, reverse);
  const sum = add(forward, reverse);
  return mode === "sum" ? sum : mul(sum, 0.5);
}

/** Features of what `mergeHalves` gives. */
export function mergedSize(stateSize: number, mode: MergeMode): number {
  return mode === "concat" || mode === "none" ? 2 * stateSize : stateSize;
}

/** The features of the forward and of the reverse direction. */
export function halvesOf(joined: Tensor): [Tensor, Tensor] {
  const axis = joined.shape.length - 1;
  const size = joined.shape[axis]!;
  return [slice(joined, axis, 0, size / 2), slice(joined, axis, size / 2, size)];
}
