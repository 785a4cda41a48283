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

/** Numbers that a rule gives the C struct Update; those that it does not read are 0. */
type Factors = Pick<Update, "meanMemory" | "squareMemory" | "momentum" | "epsilon" | "decay" | "rootEpsilon">;

function factorsOf(rule: UpdateRule): Factors {
  const none: Factors = { meanMemory: 0, squareMemory: 0, momentum: 0, epsilon: 0, decay: 0, rootEpsilon: 0 };
  switch (rule.kind) {
    case "adam": {
      const { beta1, beta2, epsilon, decay } = rule;
      return { ...none, meanMemory: beta1, squareMemory: beta2, epsilon, decay };
    }
    case "sgd":
      return { ...none, momentum: rule.momentum };
    case "rmsprop": {
      const { alpha, momentum, epsilon, rootEpsilon } = rule;
      return { ...none, meanMemory: alpha, squareMemory: alpha, momentum, epsilon, rootEpsilon };
    }
    case "adagrad":
      return { ...none, epsilon: rule.epsilon, rootEpsilon: rule.rootEpsilon };
    default:
      return rule satisfies never;
  }
}

/** A segment's moments by their names in the C struct Segment. */
interface Moments {
  readonly mean?: Storage | undefined;
  readonly square?: Storage | undefined;
  readonly velocity?: Storage | undefined;
}

function momentsOf(rule: UpdateRule, moments: readonly Storage[]): Moments {
  switch (rule.kind) {
    case "adam":
      return { mean: moments[0], square: moments[1] };
    case "sgd":
      return { velocity: moments[0] };
    case "rmsprop":
      return {
        square: moments[0],
        velocity: rule.momentum > 0 ? moments[1] : undefined,
        mean: rule.centered ? moments.at(-1) : undefined,
      };
    case "adagrad":
      return { square: moments[0] };
    default:
      return rule satisfies never;
  }
}

/** The address of an Update. */
export function stepStruct(heap: Heap, scratch: Scratch, rule: UpdateRule, segments: readonly StepSegment[]): number {
  const table = scratch.room(Segment.size * segments.length);
  for (const [index, segment] of segments.entries()) {
    const { gradient, parameter } = segment;
    const { mean, square, velocity } = momentsOf(rule, segment.moments);
    Segment.write(heap, table / 4 + index * Segment.size, {
      gradient: placeOf(heap, gradient.values, table),
      rows: placeOf(heap, gradient.rows, table),
      rowCount: gradient.rows?.length ?? 0,
      width: gradient.width,
      count: parameter.length,
      parameter: placeOf(heap, parameter, table),
      mean: placeOf(heap, mean, table),
      square: placeOf(heap, square, table),
      velocity: placeOf(heap, velocity, table),
      stepSize: segment.stepSize,
      correction: segment.secondCorrection,
    });
  }
  const factors = factorsOf(rule);
  return scratch.struct(Update, {
    table,
    segments: segments.length,
    kind: updateKinds[rule.kind],
    lazy: rule.lazy ? 1 : 0,
    nesterov: rule.kind === "sgd" && rule.nesterov ? 1 : 0,
    gradientScale: rule.gradientScale,
    l2: rule.l2,
    meanMemory: factors.meanMemory,
    squareMemory: factors.squareMemory,
    meanShare: 1 - factors.meanMemory,
    squareShare: 1 - factors.squareMemory,
    momentum: factors.momentum,
    epsilon: factors.epsilon,
    decay: factors.decay,
    rootEpsilon: factors.rootEpsilon,
  });
}

/** The address of a Squares. */
export function squaresStruct(heap: Heap, scratch: Scratch, gradients: readonly GradientStorage[]): number {
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
  });
}
