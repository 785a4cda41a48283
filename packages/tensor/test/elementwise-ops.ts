/** The closed sets of ops that tests walk: all that kernels.h lists, by their exported names. */
import * as kernels from "../src/backends/kernels/kernels.generated.ts";
import * as t from "../src/index.ts";

function namesOf<Name extends string>(numbers: Readonly<Record<Name, number>>): Name[] {
  return Object.keys(numbers) as Name[];
}

/** Does not compile while an op of kernels.h is not exported. */
const unaryByName: Readonly<Record<kernels.UnaryOp, (x: t.Tensor) => t.Tensor>> = t;
const binaryByName: Readonly<Record<kernels.BinaryOp, (a: t.Tensor, b: t.Tensor | number) => t.Tensor>> = t;

/** Where a function is defined and smooth, and its gradient is far from 0. Default: `[-2, 2]`. */
const ranges: Readonly<Partial<Record<kernels.UnaryOp, readonly [low: number, high: number]>>> = {
  log: [0.2, 3],
  sqrt: [0.2, 3],
  sigmoid: [-4, 4],
  sin: [-4, 4],
  cos: [-4, 4],
};

/** Functions of each element. */
export const unaryOps = namesOf(kernels.unaryOps).map((name) => ({
  name,
  op: unaryByName[name],
  range: ranges[name] ?? ([-2, 2] as const),
}));

const comparisons: readonly kernels.BinaryOp[] = ["greater", "greaterEqual", "equal", "notEqual"];

/** Functions of two elements, with broadcasting. */
export const binaryOps = namesOf(kernels.binaryOps).map((name) => ({
  name,
  op: binaryByName[name],
  hasGradient: !comparisons.includes(name),
}));

export const poolKinds = namesOf(kernels.poolKinds);
