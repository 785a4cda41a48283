/** The tables and structs that optimizers.c reads: all parameters of a step, or all gradients of a norm, in one call. */
import type { GradientStorage, StepSegment, UpdateRule } from "../../args/optimizers.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import { addressIn, type Scratch } from "./structs.ts";

/** Numbers of the rules in optimizers.c. */
const RULE = { adam: 0, sgd: 1, rmsprop: 2, adagrad: 3 } satisfies Record<UpdateRule["kind"], number>;
/** Elements of the C structs Segment and Squared. */
const SEGMENT = 11;
const SQUARED = 4;
const CHUNK = 4096;

/** Where a storage lies, in elements from the table; 0 is none. */
function placeOf(heap: Heap, storage: Storage | undefined, table: number): number {
  return storage === undefined ? 0 : (addressIn(heap, storage) - table) / 4;
}

/** Numbers that a rule gives the C struct Update; those that it does not read are 0. */
interface Factors {
  readonly beta1: number;
  readonly beta2: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly decay: number;
}

function factorsOf(rule: UpdateRule): Factors {
  const none = { beta1: 0, beta2: 0, momentum: 0, epsilon: 0, decay: 0 };
  switch (rule.kind) {
    case "adam":
      return { ...none, beta1: rule.beta1, beta2: rule.beta2, epsilon: rule.epsilon, decay: rule.decay };
    case "sgd":
      return { ...none, momentum: rule.momentum };
    case "rmsprop":
      return { ...none, beta1: rule.alpha, beta2: rule.alpha, momentum: rule.momentum, epsilon: rule.epsilon };
    case "adagrad":
      return { ...none, epsilon: rule.epsilon };
  }
}

/** A segment's moments at the places where the C struct Segment has them. */
function momentsOf(rule: UpdateRule, moments: readonly Storage[]): readonly (Storage | undefined)[] {
  if (rule.kind !== "rmsprop") return moments;
  return [moments[0], rule.momentum > 0 ? moments[1] : undefined, rule.centered ? moments.at(-1) : undefined];
}

/** The fields of the C struct Update, in order. */
export function stepStruct(heap: Heap, scratch: Scratch, rule: UpdateRule, segments: readonly StepSegment[]): number {
  const table = scratch.room(SEGMENT * segments.length);
  for (const [index, segment] of segments.entries()) {
    const { gradient, parameter } = segment;
    const moments = momentsOf(rule, segment.moments);
    const at = table / 4 + index * SEGMENT;
    heap.ints[at] = placeOf(heap, gradient.values, table);
    heap.ints[at + 1] = placeOf(heap, gradient.rows, table);
    heap.ints[at + 2] = gradient.rows?.length ?? 0;
    heap.ints[at + 3] = gradient.width;
    heap.ints[at + 4] = parameter.length;
    heap.ints[at + 5] = placeOf(heap, parameter, table);
    for (let i = 0; i < 3; i++) heap.ints[at + 6 + i] = placeOf(heap, moments[i], table);
    heap.floats[at + 9] = segment.stepSize;
    heap.floats[at + 10] = segment.secondCorrection;
  }
  const { beta1, beta2, momentum, epsilon, decay } = factorsOf(rule);
  const nesterov = rule.kind === "sgd" && rule.nesterov;
  const fields = [table, segments.length, RULE[rule.kind], rule.lazy ? 1 : 0, nesterov ? 1 : 0];
  const factors = [rule.gradientScale, rule.l2, beta1, beta2, 1 - beta1, 1 - beta2, momentum, epsilon, decay];
  const struct = scratch.room(fields.length + factors.length);
  heap.ints.set(fields, struct / 4);
  heap.floats.set(factors, struct / 4 + fields.length);
  return struct;
}

/** The fields of the C struct Squares, in order. */
export function squaresStruct(heap: Heap, scratch: Scratch, gradients: readonly GradientStorage[]): number {
  const table = scratch.room(SQUARED * gradients.length);
  let mostChunks = 0;
  for (const [index, { values, rows, width }] of gradients.entries()) {
    const at = table / 4 + index * SQUARED;
    heap.ints[at] = placeOf(heap, values, table);
    heap.ints[at + 1] = placeOf(heap, rows, table);
    heap.ints[at + 2] = values.length;
    heap.ints[at + 3] = width;
    mostChunks += Math.ceil(values.length / CHUNK) + 2 * (rows?.length ?? 0);
  }
  return scratch.ints([
    table,
    gradients.length,
    0, // chunks, which the kernel counts
    scratch.room(gradients.length + 1),
    scratch.room(mostChunks),
    scratch.room(mostChunks),
    scratch.room(2 * mostChunks),
  ]);
}
