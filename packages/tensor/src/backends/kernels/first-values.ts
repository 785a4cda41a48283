/** The kernels that make first weights, in float64: draws and orthonormal rows, by way of scratch space. */
import type { Backend } from "../../backend.ts";
import type { Heap } from "./heap.ts";
import { type Kernels, ORTHONORMAL_COLUMNS } from "./kernels.generated.ts";
import type { Scratch } from "./structs.ts";

/** Most numbers that are drawn at a time, even: 1 MiB of scratch space, however large the array. */
const DRAW_PART = 131072;

/** Draws up to `DRAW_PART` numbers from a position on, which comes in two words. */
type DrawKernel = (address: number, count: number, first: number, firstHigh: number) => void;

interface Tools {
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly threads: number;
}

export function firstValues(
  { kernels, heap, threads }: Tools,
  withScratch: (call: (scratch: Scratch) => void) => void,
): Required<Pick<Backend, "drawUniform" | "drawNormal" | "orthonormalize">> {
  const numbersAt = (address: number, count: number) => new Float64Array(heap.bytes.buffer, address, count);
  const drawInParts = (scratch: Scratch, out: Float64Array, draw: DrawKernel): void => {
    const address = scratch.room(2 * Math.min(out.length, DRAW_PART));
    for (let first = 0; first < out.length; first += DRAW_PART) {
      const count = Math.min(out.length - first, DRAW_PART);
      draw(address, count, first >>> 0, Math.floor(first / 2 ** 32));
      out.set(numbersAt(address, count), first);
    }
  };
  return {
    drawUniform: (out, [key0, key1], low, high) =>
      withScratch((scratch) => {
        const limits = scratch.room(4);
        numbersAt(limits, 2).set([low, high]);
        drawInParts(scratch, out, (...part) => kernels.draw_uniform(...part, key0, key1, limits));
      }),
    drawNormal: (out, [key0, key1]) =>
      withScratch((scratch) => drawInParts(scratch, out, (...part) => kernels.draw_normal(...part, key0, key1))),
    orthonormalize: (vectors, count, size) =>
      withScratch((scratch) => {
        const address = scratch.room(2 * vectors.length);
        const blocks = scratch.room(2 * threads * ORTHONORMAL_COLUMNS * size);
        const room = numbersAt(address, vectors.length);
        room.set(vectors);
        kernels.orthonormalize(address, count, size, blocks);
        vectors.set(room);
      }),
  };
}
