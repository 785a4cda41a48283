/** The orders in which numbers are added: sums along the last axis, whole-tensor sums, and products. */
import type { FloatType } from "../../dtype.ts";
import type { Arithmetic } from "./arithmetic.ts";

export type Floats = Float32Array | Float64Array;

const LANES = 16;
export const CHUNK = 4096;
const PRODUCT_BLOCK = 256;

/** Sum of `term(0) .. term(count - 1)`: 16 partial sums (index mod 16) from +0, then halves are added: 16, 8, 4, 2, 1. */
export function laneSum({ round }: Arithmetic, count: number, term: (index: number) => number): number {
  return foldLanes(round, count, (sum, i) => round(sum + term(i)));
}

/** The same of `left(i) * right(i)`, each a fused multiply-add. */
export function laneDot(
  { round, fma }: Arithmetic,
  count: number,
  left: (index: number) => number,
  right: (index: number) => number,
): number {
  return foldLanes(round, count, (sum, i) => fma(left(i), right(i), sum));
}

function foldLanes(round: Arithmetic["round"], count: number, add: (sum: number, index: number) => number): number {
  const lanes = new Float64Array(LANES);
  for (let i = 0; i < count; i++) lanes[i % LANES] = add(lanes[i % LANES]!, i);
  for (let width = LANES / 2; width >= 1; width /= 2) {
    for (let lane = 0; lane < width; lane++) lanes[lane] = round(lanes[lane]! + lanes[lane + width]!);
  }
  return lanes[0]!;
}

/** Sum of all `term(i)` in float64: chunks of 4,096 in rising order, then the chunks in order. */
export function chunkedSum(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let start = 0; start < count; start += CHUNK) {
    let chunk = 0;
    const end = Math.min(start + CHUNK, count);
    for (let i = start; i < end; i++) chunk += term(i);
    total += chunk;
  }
  return total;
}

/**
 * Sum over k of `left(k) * right(k)` in rising order, in blocks of 256: in a block each term is a fused multiply-add, from +0; the
 * first block sum is copied, the others are added.
 */
export function productSum(
  { round, fma }: Arithmetic,
  count: number,
  left: (k: number) => number,
  right: (k: number) => number,
): number {
  let total = 0;
  for (let start = 0; start < count; start += PRODUCT_BLOCK) {
    let block = 0;
    const end = Math.min(start + PRODUCT_BLOCK, count);
    for (let k = start; k < end; k++) block = fma(left(k), right(k), block);
    total = start === 0 ? block : round(total + block);
  }
  return total;
}

export function floatArray(floatType: FloatType, length: number): Floats {
  return floatType === "float64" ? new Float64Array(length) : new Float32Array(length);
}
