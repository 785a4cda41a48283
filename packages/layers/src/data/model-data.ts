/** What `fit`, `evaluate` and `predict` are given, as one array for each input and output of a model, checked against its shapes. */
import { DataError } from "../errors.ts";
import { embeddingsOf, type Graph } from "../graph/graph.ts";
import type { SymbolicTensor } from "../graph/symbolic.ts";
import type { LayerShape } from "../shape.ts";
import { isNumbers, type NumberArray, type Numbers, placeIn, toNumberArray } from "./arrays.ts";

/** Numbers for the one input or output of a model; of several a list in their order, or an object by the names of their layers. */
export type ModelData = Numbers | readonly Numbers[] | { readonly [name: string]: Numbers };

/** The parts of `given`, one for each name. @throws {DataError} if there are more, fewer, or others */
export function partsOf(
  what: string,
  given: ModelData,
  names: readonly string[],
): { name: string; numbers: Numbers }[] {
  if (names.length === 1 && isNumbers(given)) return [{ name: what, numbers: given }];
  if (Array.isArray(given)) {
    const stranger = given.findIndex((part) => !isNumbers(part) && typeof part !== "number");
    if (stranger >= 0) {
      throw new DataError(`${what}[${stranger}]: expected numbers, got ${kindOf(given[stranger])}`);
    }
    if (given.length !== names.length) {
      throw new DataError(`${what}: expected ${names.length} arrays (${names.join(", ")}), got ${given.length}`);
    }
    return names.map((_, at) => ({
      name: names.length === 1 ? what : `${what}[${at}]`,
      numbers: given[at] as Numbers,
    }));
  }
  if (typeof given !== "object" || given === null) {
    throw new DataError(`${what}: expected arrays of numbers, tensors, or { data, shape }, got ${kindOf(given)}`);
  }
  const byName = given as { readonly [name: string]: Numbers };
  const unknown = Object.keys(byName).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new DataError(`${what}: expected names among ${names.join(", ")}, got ${unknown}`);
  return names.map((name) => {
    const numbers = byName[name];
    if (numbers === undefined) throw new DataError(`${what}: expected an array for ${name}, got none`);
    return { name: `${what}.${name}`, numbers };
  });
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}

/** One array for each input of the model. @throws {DataError} naming the input, its layer and both shapes */
export function inputArrays(graph: Graph, x: ModelData): NumberArray[] {
  const arrays = partsOf("x", x, namesOf(graph.inputs)).map(({ name, numbers }, at) => {
    const input = graph.inputs[at]!;
    const reader = graph.nodes.find(({ inputs }) => inputs.includes(input))?.layer.title ?? "nothing";
    const array = fitted(toNumberArray(name, numbers), input.shape, `${name}: expected ${readerText(reader)}`);
    if (graph.idInputs[at]) requireIds(name, array, graph, input);
    return array;
  });
  return requireOneCount("x", arrays);
}

/** One array for each output of the model. @throws {DataError} if counts differ from each other */
export function targetArrays(graph: Graph, y: ModelData): NumberArray[] {
  return requireOneCount(
    "y",
    partsOf("y", y, namesOf(graph.outputs)).map(({ name, numbers }) => toNumberArray(name, numbers)),
  );
}

export function namesOf(tensors: readonly SymbolicTensor[]): string[] {
  return tensors.map(({ node }) => node.layer.name);
}

/** @throws {DataError} naming the first number that is no id of the embeddings that read the input */
function requireIds(name: string, { data, shape }: NumberArray, graph: Graph, input: SymbolicTensor): void {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(input)).map(({ layer }) => layer);
  const embeddings = readers.flatMap(embeddingsOf);
  const vocabSize = Math.min(...embeddings.map(({ options }) => (options as { inputDim: number }).inputDim));
  const bad = data.findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (bad < 0) return;
  throw new DataError(
    `${placeIn(name, shape, bad)} is ${data[bad]}; ${readers[0]!.title} expects ids that are integers in [0, ${vocabSize}): its inputDim is ` +
      "the largest id and one",
  );
}

const readerText = (reader: string) => `examples for ${reader}`;

/** The array with or without a last axis of extent 1, as Keras does it. */
function fitted(array: NumberArray, shape: LayerShape, what: string): NumberArray {
  const rank = shape.length + 1;
  const given = array.shape;
  let adjusted = given;
  if (given.length === rank - 1 && shape.at(-1) === 1) adjusted = [...given, 1];
  if (given.length === rank + 1 && given.at(-1) === 1) adjusted = given.slice(0, -1);
  if (adjusted.length !== rank || shape.some((extent, axis) => extent !== null && extent !== adjusted[axis + 1])) {
    throw new DataError(
      `${what} of shape [examples${shape.map((extent) => `, ${extent ?? "any"}`).join("")}], got [${given.join(", ")}]`,
    );
  }
  return { data: array.data, shape: adjusted };
}

function requireOneCount(what: string, arrays: NumberArray[]): NumberArray[] {
  const counts = arrays.map(({ shape }) => shape[0] ?? 0);
  const other = counts.find((count) => count !== counts[0]);
  if (other !== undefined)
    throw new DataError(`${what}: expected as many examples in each array, got ${counts.join(" and ")}`);
  return arrays;
}
