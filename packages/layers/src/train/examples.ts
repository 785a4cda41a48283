/** What `fit` and `evaluate` are given, as checked examples or as batches that a caller makes. */
import type { NumberArray } from "../data/arrays.ts";
import { placeIn, toNumberArray } from "../data/arrays.ts";
import type { Batch, Examples } from "../data/batches.ts";
import { inputArrays, type ModelData, partsOf, targetArrays } from "../data/model-data.ts";
import { DataError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { LayerShape } from "../shape.ts";
import { type Compiled, checkTargets } from "./compiled.ts";

/** A batch that a caller makes. */
export interface GivenBatch {
  readonly x: ModelData;
  readonly y: ModelData;
  readonly sampleWeight?: ModelData | undefined;
}

/** Batches one after the other: `{ x, y }` or `[x, y]`. */
export type GivenBatches =
  | Iterable<GivenBatch | readonly [ModelData, ModelData]>
  | AsyncIterable<GivenBatch | readonly [ModelData, ModelData]>;

/** Arrays of all examples, or batches. */
export type TrainingData = ModelData | GivenBatches;

export interface ExampleOptions {
  /** Of each example, or of each step of it: a factor of its loss. Default: all 1. */
  readonly sampleWeight?: ModelData | undefined;
  /** Of each class by its number: a factor of the losses of its examples. Default: all 1. */
  readonly classWeight?: { readonly [label: number]: number } | readonly number[] | undefined;
}

/** Whether these are batches rather than arrays. */
export function isBatches(x: TrainingData): x is GivenBatches {
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return false;
  if (Array.isArray(x)) return x.length > 0 && x.every(isBatch);
  return Symbol.iterator in x || Symbol.asyncIterator in x;
}

function isBatch(given: unknown): boolean {
  return typeof given === "object" && given !== null && "x" in given && "y" in given;
}

/** @throws {DataError} if inputs, targets and weights do not fit the model or each other */
export function examplesOf(
  graph: Graph,
  compiled: Compiled,
  x: ModelData,
  y: ModelData | undefined,
  options: ExampleOptions,
): Examples {
  if (y === undefined) throw new DataError("fit: expected targets y beside x, got none");
  const inputs = inputArrays(graph, x);
  const targets = targetArrays(graph, y);
  const [count, targetCount] = [inputs[0]!.shape[0]!, targets[0]!.shape[0]!];
  if (count !== targetCount)
    throw new DataError(`fit: expected as many targets as examples, got x of ${count} and y of ${targetCount}`);
  if (count === 0) throw new DataError("fit: expected at least one example, got none");
  const names = compiled.goals.map(({ name }) => name);
  const given = options.sampleWeight === undefined ? undefined : weightArrays(names, options.sampleWeight);
  compiled.goals.forEach((goal, at) => {
    const { shape } = graph.outputs[at]!;
    const width = shape.at(-1);
    if (width === null || width === undefined) return;
    const steps = shape.slice(0, -1).map((extent, axis) => extent ?? targets[at]!.shape[axis + 1] ?? 1);
    const positions = count * steps.reduce((size, extent) => size * extent, 1);
    const name = names.length === 1 ? "y" : `y.${goal.name}`;
    checkTargets(goal, name, targets[at]!, positions, width);
  });
  const weights = compiled.goals.map(({ name }, at) => {
    const weight = given?.[at];
    if (weight !== undefined)
      requireWeights(names.length === 1 ? "sampleWeight" : `sampleWeight.${names[at]}`, weight, targets[at]!);
    return options.classWeight === undefined
      ? weight
      : withClassWeight(
          options.classWeight,
          graph.outputs[at]!.shape,
          targets[at]!,
          weight,
          names.length === 1 ? "y" : `y.${name}`,
        );
  });
  return { inputs, targets, weights };
}

/** Of the one output, or of each; one array serves all outputs. */
function weightArrays(names: readonly string[], given: ModelData): NumberArray[] {
  const parts = partsOf("sampleWeight", given, names.length === 1 || isByOutput(given) ? names : ["sampleWeight"]);
  const arrays = parts.map(({ name, numbers }) => toNumberArray(name, numbers));
  return arrays.length === names.length ? arrays : names.map(() => arrays[0]!);
}

function isByOutput(given: ModelData): boolean {
  return Array.isArray(given)
    ? given.every((part) => typeof part === "object")
    : typeof given === "object" && !("shape" in given) && !ArrayBuffer.isView(given);
}

/** @throws {DataError} unless there is one weight for each example, or each step of it, none of them negative */
function requireWeights(name: string, { data, shape }: NumberArray, target: NumberArray): void {
  const fits = shape.every((extent, axis) => extent === target.shape[axis]);
  if (!fits || shape.length > target.shape.length) {
    throw new DataError(
      `${name}: expected one weight for each of ${target.shape[0]} examples, or each of their steps, got [${shape.join(", ")}]`,
    );
  }
  const bad = data.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad >= 0) throw new DataError(`${name}: expected finite numbers >= 0, got ${data[bad]} at position ${bad}`);
}

/** @throws {DataError} unless these are weights by numbers of classes that there are */
function requireClassWeight(given: object | string, classes: number): void {
  if (typeof given !== "object" || given === null) {
    throw new DataError(`classWeight: expected an object such as { 0: 1, 1: 2.5 } or a list, got ${String(given)}`);
  }
  for (const [label, weight] of Object.entries(given)) {
    if (!/^\d+$/.test(label) || Number(label) >= classes) {
      const range = classes === Number.POSITIVE_INFINITY ? ">= 0" : `in [0, ${classes})`;
      throw new DataError(`classWeight: expected classes to be integers ${range}, got ${label}`);
    }
    if (!(typeof weight === "number" && weight >= 0 && Number.isFinite(weight)))
      throw new DataError(`classWeight[${label}]: expected a finite number >= 0, got ${String(weight)}`);
  }
}

/**
 * Weights of the targets by their class, times those that were given.
 *
 * @throws {DataError} if the targets are no classes, or the weights are none of classes that there are
 */
function withClassWeight(
  classWeight: NonNullable<ExampleOptions["classWeight"]>,
  output: LayerShape,
  { data, shape }: NumberArray,
  given: NumberArray | undefined,
  name: string,
): NumberArray {
  const width = output.at(-1) ?? 1;
  requireClassWeight(classWeight, width > 1 ? width : Number.POSITIVE_INFINITY);
  const isOneHot = width > 1 && shape.length === output.length + 1;
  const positions = isOneHot ? data.length / width : data.length;
  const classes = Float32Array.from({ length: positions }, (_, at) =>
    isOneHot ? argMax(data, at * width, width) : data[at]!,
  );
  const bad = classes.findIndex((label) => !Number.isInteger(label));
  if (bad >= 0)
    throw new DataError(
      `classWeight: expected targets that are classes, got ${classes[bad]} in ${placeIn(name, shape, bad)}`,
    );
  const byClass = classWeight as { readonly [label: number]: number };
  const weights = classes.map((label) => byClass[label] ?? 1);
  const weightShape = isOneHot ? shape.slice(0, -1) : width === 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const perExample = positions / (shape[0] ?? 1);
  const factor = (at: number) =>
    given === undefined ? 1 : given.data[given.data.length === positions ? at : Math.floor(at / perExample)]!;
  return { data: weights.map((weight, at) => weight * factor(at)), shape: weightShape };
}

function argMax(values: ArrayLike<number>, start: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at++) if (values[start + at]! > values[start + best]!) best = at;
  return best;
}

/** Batches of a caller, each checked as all examples would be. */
export async function* givenBatches(
  graph: Graph,
  compiled: Compiled,
  batches: GivenBatches,
  options: ExampleOptions,
): AsyncGenerator<Batch, void, undefined> {
  let next = 0;
  for await (const given of batches) {
    if (typeof given !== "object" || given === null)
      throw new DataError(`fit: expected batches { x, y } or [x, y], got ${String(given)}`);
    const { x, y, sampleWeight } = isPair(given) ? { x: given[0], y: given[1], sampleWeight: undefined } : given;
    const examples = examplesOf(graph, compiled, x, y, {
      ...options,
      ...(sampleWeight === undefined ? {} : { sampleWeight }),
    });
    const count = examples.inputs[0]!.shape[0]!;
    yield { ...examples, examples: Int32Array.from({ length: count }, (_, at) => next + at) };
    next += count;
  }
}

function isPair(given: GivenBatch | readonly [ModelData, ModelData]): given is readonly [ModelData, ModelData] {
  return Array.isArray(given);
}
