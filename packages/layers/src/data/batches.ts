/** Batches of a model's data: rows of arrays in a given order, or what a caller makes one by one. */
import type { RandomStream } from "@cellstate/tensor";
import { type NumberArray, sliceRows, takeRows } from "./arrays.ts";

/** Some examples as a model takes them. */
export interface Batch {
  /** One for each input of the model. */
  readonly inputs: readonly NumberArray[];
  /** One for each output. */
  readonly targets: readonly NumberArray[];
  /** Of the rows of each output, or of their steps; undefined where all count the same. */
  readonly weights: readonly (NumberArray | undefined)[];
  /** Number of each row's example, from which its dropout is drawn. */
  readonly examples: Int32Array;
}

/** All examples, as many in each array. */
export type Examples = Omit<Batch, "examples">;

export function countOf({ inputs }: Examples): number {
  return inputs[0]?.shape[0] ?? 0;
}

/** Batches in order, the last of which may be smaller. */
export function* inOrder(examples: Examples, batchSize: number): Generator<Batch, void, undefined> {
  const count = countOf(examples);
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    const numbers = Int32Array.from({ length: end - start }, (_, at) => start + at);
    yield { ...mapArrays(examples, (array) => sliceRows(array, start, end)), examples: numbers };
  }
}

/** Batches in an order that is drawn. */
export function* shuffled(
  examples: Examples,
  batchSize: number,
  stream: RandomStream,
): Generator<Batch, void, undefined> {
  const order = shuffledNumbers(countOf(examples), stream);
  for (let start = 0; start < order.length; start += batchSize) {
    const rows = order.subarray(start, Math.min(start + batchSize, order.length));
    yield { ...mapArrays(examples, (array) => takeRows(array, rows)), examples: rows.slice() };
  }
}

/** Numbers below `count` in any order, each order as likely (Fisher & Yates 1938). */
function shuffledNumbers(count: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, at) => at);
  const draws = stream.uniform(count);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(draws[last]! * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** The first `count` examples and the others. */
export function splitExamples(examples: Examples, count: number): [Examples, Examples] {
  const all = countOf(examples);
  return [
    mapArrays(examples, (array) => sliceRows(array, 0, count)),
    mapArrays(examples, (array) => sliceRows(array, count, all)),
  ];
}

function mapArrays({ inputs, targets, weights }: Examples, map: (array: NumberArray) => NumberArray): Examples {
  return { inputs: inputs.map(map), targets: targets.map(map), weights: weights.map((array) => array && map(array)) };
}
