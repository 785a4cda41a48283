/** Turns strided walks into runs: offsets of the outer positions, and one innermost run that a kernel does at once. */
import type { Layout } from "../../storage.ts";

export interface Runs {
  /** Offsets of all runs in the first array, then in the second. */
  readonly offsets: Int32Array;
  readonly outer: number;
  /** Elements of a run and its two strides. */
  readonly count: number;
  readonly strideA: number;
  readonly strideB: number;
}

/** Merges neighbouring axes wherever both walks allow it, then lists the runs in row-major order. */
export function runsOf(shape: readonly number[], a: Layout, b: Layout): Runs {
  const extents: number[] = [1];
  const stridesA: number[] = [0];
  const stridesB: number[] = [0];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const last = extents.length - 1;
    const [stepA, stepB] = [a.strides[axis]!, b.strides[axis]!];
    const merges = stridesA[last] === stepA * extent && stridesB[last] === stepB * extent;
    if (extents[last] === 1 || merges) {
      extents[last] = extents[last]! * extent;
      stridesA[last] = stepA;
      stridesB[last] = stepB;
    } else {
      extents.push(extent);
      stridesA.push(stepA);
      stridesB.push(stepB);
    }
  });
  const count = extents.pop()!;
  const strideA = stridesA.pop()!;
  const strideB = stridesB.pop()!;
  const outer = extents.reduce((product, extent) => product * extent, 1);
  const offsets = new Int32Array(2 * outer);
  const index = new Int32Array(extents.length);
  let [atA, atB] = [a.offset, b.offset];
  for (let run = 0; run < outer; run++) {
    offsets[run] = atA;
    offsets[outer + run] = atB;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      atA += stridesA[axis]!;
      atB += stridesB[axis]!;
      if (index[axis]! < extents[axis]!) break;
      atA -= stridesA[axis]! * extents[axis]!;
      atB -= stridesB[axis]! * extents[axis]!;
      index[axis] = 0;
    }
  }
  return { offsets, outer, count, strideA, strideB };
}
