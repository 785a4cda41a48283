/** The tables and structs that optimizers.c reads: all parameters of a step, or all gradients of a norm, in one call. */
import type { GradientStorage, StepSegment, UpdateRule } from "../../args/optimizers.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import { CHUNK, Segment, Squared, Squares, Update, updateKinds } from "./kernels.generated.ts";
import { addressIn, type Scratch } from "./structs.ts";

/** Where a storage lies, in elements from the table; 0 is none. */
function placeOf(heap: Heap, storage: Storage | undefined, table: number): number {
  return storage === undefined ? 0 : (addressIn(heap, storage) - table) / 4;
}

/** The address of an Update. */
export function stepStruct(heap: Heap, scratch: Scratch, rule: UpdateRule, segments: readonly StepSegment[]): number {
  const table = scratch.room(Segment.size * segments.length);
  for (const [index, segment] of segments.entries()) {
    const { gradient, parameter, moments } = segment;
    Segment.write(heap, table / 4 + index * Segment.size, {
      ...segment,
      gradient: placeOf(heap, gradient.values, table),
      rows: placeOf(heap, gradient.rows, table),
      rowCount: gradient.rows?.length ?? 0,
      width: gradient.width,
      count: parameter.length,
      parameter: placeOf(heap, parameter, table),
      mean: placeOf(heap, moments.mean, table),
      square: placeOf(heap, moments.square, table),
      velocity: placeOf(heap, moments.velocity, table),
      largest: placeOf(heap, moments.largest, table),
      average: placeOf(heap, moments.average, table),
    });
  }
  return scratch.struct(Update, {
    ...rule,
    table,
    segments: segments.length,
    kind: updateKinds[rule.kind],
    lazy: rule.lazy ? 1 : 0,
    nesterov: rule.nesterov ? 1 : 0,
    meanShare: 1 - rule.meanMemory,
    squareShare: 1 - rule.squareMemory,
    momentumShare: 1 - rule.momentum,
  });
}

/** The address of a Squares, which puts its results into `totals`: room for as many float64 as there are gradients. */
export function squaresStruct(
  heap: Heap,
  scratch: Scratch,
  gradients: readonly GradientStorage[],
  totals: number,
): number {
  const table = scratch.room(Squared.size * gradients.length);
  let mostChunks = 0;
  for (const [index, { values, rows, width }] of gradients.entries()) {
    Squared.write(heap, table / 4 + index * Squared.size, {
      gradient: placeOf(heap, values, table),
      rows: placeOf(heap, rows, table),
      count: values.length,
      width,
    });
    mostChunks += Math.ceil(values.length / CHUNK) + 2 * (rows?.length ?? 0);
  }
  return scratch.struct(Squares, {
    table,
    gradients: gradients.length,
    chunks: 0,
    starts: scratch.room(gradients.length + 1),
    places: scratch.room(mostChunks),
    lengths: scratch.room(mostChunks),
    sums: scratch.room(2 * mostChunks),
    totals,
  });
}
