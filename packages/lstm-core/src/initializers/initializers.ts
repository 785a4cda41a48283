/** The list of initializers that configs know by name, over weights `[outputs, inputs]`. */
import { glorotUniform } from "./glorot-uniform.ts";
import { constant, elementsOf, type Initializer, normal, ones, uniform, zeros } from "./initializer.ts";
import { orthogonal } from "./orthogonal.ts";
import { truncatedNormal } from "./truncated-normal.ts";
import { varianceScaling } from "./variance-scaling.ts";

/** Those that need no options. */
const plainInitializers = {
  zeros,
  ones,
  glorotUniform,
  glorotNormal: varianceScaling({ scale: 1, fan: "average", distribution: "normal" }),
  heUniform: varianceScaling({ scale: 2, fan: "in", distribution: "uniform" }),
  heNormal: varianceScaling({ scale: 2, fan: "in", distribution: "normal" }),
  lecunUniform: varianceScaling({ scale: 1, fan: "in", distribution: "uniform" }),
  lecunNormal: varianceScaling({ scale: 1, fan: "in", distribution: "normal" }),
  orthogonal,
  identity,
} satisfies Readonly<Record<string, Initializer>>;

export type PlainInitializerName = keyof typeof plainInitializers;

export const plainInitializerNames = Object.keys(plainInitializers) as PlainInitializerName[];

/** What a config says of one: a name, or a kind with its options. */
export type InitializerSection =
  | PlainInitializerName
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal" | "truncatedNormal"; readonly mean: number; readonly deviation: number };

/** The initializer that a section of a config describes. */
export function initializerOf(section: InitializerSection): Initializer {
  if (typeof section === "string") return eachMatrix(plainInitializers[section]);
  switch (section.kind) {
    case "constant":
      return constant(section.value);
    case "uniform":
      return uniform(section.low, section.high);
    case "normal":
      return normal(section.mean, section.deviation);
    case "truncatedNormal":
      return truncatedNormal(section.mean, section.deviation);
    default:
      return section satisfies never;
  }
}

/** Fills a weight of more than two axes matrix by matrix. */
function eachMatrix(initializer: Initializer): Initializer {
  return (shape, stream, session) => {
    if (shape.length <= 2) return initializer(shape, stream, session);
    const matrix = shape.slice(-2);
    const values = new Float64Array(elementsOf(shape));
    for (let start = 0, index = 0; start < values.length; start += elementsOf(matrix), index++) {
      values.set(initializer(matrix, stream.fork(`matrix${index}`), session), start);
    }
    return values;
  };
}

/** 1 on the diagonal of `[rows, columns]`, 0 elsewhere. */
function identity(shape: readonly number[]): Float64Array {
  const [rows = 1, columns = rows] = shape;
  const values = new Float64Array(elementsOf(shape));
  for (let row = 0; row < Math.min(rows, columns); row++) values[row * columns + row] = 1;
  return values;
}
