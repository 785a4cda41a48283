import { backward, createSession, embedding, mul, Rng, type Session, sum, type Tensor } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { createOptimizer } from "./create-optimizer.ts";
import type { Optimizer } from "./optimizer.ts";
import { type OptimizerOptions, optimizers } from "./optimizers.ts";

const SHAPE = [5, 3];
const LOOKED_UP = [[0, 3], [3], [1, 2, 3], [0, 4], [2], [0, 1]]; // rows of each step; the others have no gradient
const stream = new Rng(23).stream("every optimizer");
const start = [...stream.fork("start").uniform(15, -1, 1)];
const gradients = LOOKED_UP.map((rows, step) => {
  const values = stream.fork(`gradient ${step}`).uniform(15, -1, 1);
  return Array.from(values, (value, i) => (rows.includes(Math.floor(i / SHAPE[1]!)) ? value : 0));
});

/** Options under which an optimizer keeps all the moments that it can keep. */
const withAllMoments: Record<string, object> = {
  adam: { amsgrad: true, weightDecay: 0.1 },
  adamw: { amsgrad: true },
  sgd: { momentum: 0.9, weightDecay: 0.1 },
  rmsprop: { momentum: 0.5, centered: true },
  asgd: { averageAfterSteps: 2, lambda: 0.1 },
};
const cases = optimizers.flatMap(({ kind }): OptimizerOptions[] => [
  { kind },
  ...(kind in withAllMoments ? [{ kind, ...withAllMoments[kind] } as OptimizerOptions] : []),
]);

interface Run {
  readonly session: Session;
  readonly table: Tensor;
  readonly optimizer: Optimizer;
}

async function begin(options: OptimizerOptions): Promise<Run> {
  const session = await createSession({ backend: "reference" });
  const table = session.tensor(start, SHAPE, { requiresGrad: true });
  return { session, table, optimizer: createOptimizer(options, new Map([["table", table]]), session) };
}

/** One step by a gradient that stores all rows, or the looked-up ones. */
function take({ session, table, optimizer }: Run, step: number, storage: "dense" | "sparse"): void {
  using _scope = session.scope();
  const gradient = session.tensor(gradients[step]!, SHAPE);
  const options = { learningRate: 0.1 / (1 + step), gradientScale: 0.5 };
  if (storage === "dense") {
    optimizer.step(backward(sum(mul(table, gradient))), options);
  } else {
    const ids = session.tensor(LOOKED_UP[step]!, [LOOKED_UP[step]!.length], { dtype: "int32" });
    optimizer.step(backward(sum(mul(embedding(table, ids), embedding(gradient, ids)))), options);
  }
}

async function trained(options: OptimizerOptions, storage: "dense" | "sparse"): Promise<number[]> {
  const run = await begin(options);
  for (let step = 0; step < LOOKED_UP.length; step++) take(run, step, storage);
  return [...run.table.readSync()];
}

test.each(cases)("a sparse gradient of an embedding gives the bits of the dense one: %o", async (options) => {
  const weights = await trained(options, "sparse");
  expect(weights).toEqual(await trained(options, "dense"));
  expect(weights.every((weight, i) => weight !== Math.fround(start[i]!))).toBe(true);
});

test.each(cases)("a state that was saved and loaded goes on with the same bits: %o", async (options) => {
  const [first, second] = [await begin(options), await begin(options)];
  for (let step = 0; step < 3; step++) take(first, step, "sparse");
  second.table.write(first.table.readSync());
  second.optimizer.loadState(first.optimizer.state());
  for (let step = 3; step < LOOKED_UP.length; step++) take(second, step, "sparse");
  expect([...second.table.readSync()]).toEqual(await trained(options, "sparse"));
});

test("an average stands for a parameter once that has taken a step", async () => {
  const session = await createSession({ backend: "reference" });
  const [used, unused] = [1, 2].map((value) => session.tensor([value], [1], { requiresGrad: true }));
  const parameters = new Map([
    ["used", used!],
    ["unused", unused!],
  ]);
  const optimizer = createOptimizer({ kind: "asgd", averageAfterSteps: 0 }, parameters, session);
  expect([...optimizer.averages().keys()]).toEqual([]);
  const weights: number[] = [];
  for (let step = 0; step < 4; step++) {
    using _scope = session.scope();
    optimizer.step(backward(sum(mul(used!, step))), { learningRate: 0.1, gradientScale: 1 });
    weights.push(used!.item());
  }
  expect([...optimizer.averages().keys()]).toEqual(["used"]);
  // The first step sets the average, and the second sets it anew; from there on it is their mean.
  const mean = weights.slice(1).reduce((total, weight) => total + weight) / 3;
  expect(optimizer.averages().get("used")!.item()).toBeCloseTo(mean, 6);
  expect(createOptimizer({ kind: "sgd" }, parameters, session).averages().size).toBe(0);
});
