/** Tensors as the scripts beside the golden files write them. */
import { expect } from "vitest";
import type { OnnxFeed, OnnxTensor } from "../src/index.ts";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly type: string;
  /** null is NaN, and infinities are strings. */
  readonly data: readonly (number | string | null)[];
}

function feedOf({ shape, type, data }: GoldenTensor): OnnxFeed {
  return { shape, data: type === "object" || type.startsWith("<U") ? (data as string[]) : data.map(toNumber) };
}

export function feedsOf(tensors: Readonly<Record<string, GoldenTensor>>): Record<string, OnnxFeed> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, feedOf(tensor)]));
}

function toNumber(element: number | string | null): number {
  if (element === null) return Number.NaN;
  return Number(typeof element === "string" ? element.replace("inf", "Infinity") : element);
}

/** Expects equal shapes, and elements within `tolerance`, absolute below 1 and relative above. */
export function expectClose(got: OnnxTensor | undefined, golden: GoldenTensor, tolerance: number): void {
  expect(got?.shape).toEqual(golden.shape);
  const faults = golden.data.flatMap((element, index) => {
    const [found, expected] = [Number(got!.data[index]), toNumber(element)];
    const isSame =
      Object.is(found, expected) || Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
    return isSame ? [] : [`${index}: expected ${expected}, got ${found}`];
  });
  expect(faults).toEqual([]);
}
