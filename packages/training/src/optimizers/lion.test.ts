import {
  backward,
  createSession,
  embedding,
  mul,
  Rng,
  type Session,
  type SessionOptions,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { expect, test } from "vitest";
import { createOptimizer } from "./create-optimizer.ts";
import type { Optimizer } from "./optimizer.ts";

const SHAPE = [5, 3];
const STEPS = 6;
const LOOKED_UP = [[0, 3], [3], [1, 2, 3], [0, 4], [2], [0, 1]]; // rows of each step; the others have no gradient
const stream = new Rng(11).stream("lion");
const start = [...stream.fork("start").uniform(15, -1, 1)];
const gradients = LOOKED_UP.map((rows, step) => {
  const values = stream.fork(`gradient ${step}`).uniform(15, -1, 1);
  return Array.from(values, (value, i) => (rows.includes(Math.floor(i / SHAPE[1]!)) ? value : 0));
});
const options = { kind: "lion", beta1: 0.8, beta2: 0.95, weightDecay: 0.1 } as const;
const stepOptions = (step: number) => ({ learningRate: 0.1 / (1 + step), gradientScale: 0.5 });

interface Run {
  readonly session: Session;
  readonly table: Tensor;
  readonly optimizer: Optimizer;
}

async function begin(backend: SessionOptions = { backend: "reference" }): Promise<Run> {
  const session = await createSession(backend);
  const table = session.tensor(start, SHAPE, { requiresGrad: true });
  return { session, table, optimizer: createOptimizer(options, new Map([["table", table]]), session) };
}

/** One step by a gradient that stores all rows, or the looked-up ones. */
function take({ session, table, optimizer }: Run, step: number, storage: "dense" | "sparse"): void {
  using _scope = session.scope();
  const gradient = session.tensor(gradients[step]!, SHAPE);
  if (storage === "dense") {
    optimizer.step(backward(sum(mul(table, gradient))), stepOptions(step));
  } else {
    const ids = session.tensor(LOOKED_UP[step]!, [LOOKED_UP[step]!.length], { dtype: "int32" });
    optimizer.step(backward(sum(mul(embedding(table, ids), embedding(gradient, ids)))), stepOptions(step));
  }
}

/** The table after all steps. */
async function trained(storage: "dense" | "sparse", backend?: SessionOptions): Promise<number[]> {
  const run = await begin(backend);
  for (let step = 0; step < STEPS; step++) take(run, step, storage);
  const weights = [...run.table.readSync()];
  await run.session.dispose();
  return weights;
}

test("lion takes the steps of the paper's algorithm, written as a plain loop in float64", async () => {
  const weights = [...start];
  const mean = weights.map(() => 0);
  for (let step = 0; step < STEPS; step++) {
    const { learningRate, gradientScale } = stepOptions(step);
    for (let i = 0; i < weights.length; i++) {
      const g = gradientScale * gradients[step]![i]!;
      const direction = Math.sign(options.beta1 * mean[i]! + (1 - options.beta1) * g);
      weights[i] = weights[i]! - learningRate * (direction + options.weightDecay * weights[i]!);
      mean[i] = options.beta2 * mean[i]! + (1 - options.beta2) * g;
    }
  }
  const got = await trained("dense");
  // Six steps of float32 at values below 2: a few units of 2^-24.
  got.forEach((value, i) => void expect(Math.abs(value - weights[i]!), `element ${i}`).toBeLessThan(1e-6));
});

test("a sparse gradient of an embedding gives the bits of the dense one", async () => {
  expect(await trained("sparse")).toEqual(await trained("dense"));
});

test.each([1, 2])("wasm with %i threads gives the bits of the reference", async (threads) => {
  expect(await trained("sparse", { backend: "wasm", threads })).toEqual(await trained("sparse"));
});

test("lion goes on from a saved state as if it had not stopped", async () => {
  const [first, second] = [await begin(), await begin()];
  for (let step = 0; step < 3; step++) take(first, step, "sparse");
  second.table.write(first.table.readSync());
  second.optimizer.loadState(first.optimizer.state());
  expect([...second.optimizer.state().tensors.keys()]).toEqual(["meanGradient/table"]);
  for (let step = 3; step < STEPS; step++) take(second, step, "sparse");
  expect([...second.table.readSync()]).toEqual(await trained("sparse"));
});

test("a moment that fades becomes zero instead of a denormal, and zeros move no weight", async () => {
  const session = await createSession({ backend: "reference" });
  const weight = session.tensor([1, 1, 1], [3], { requiresGrad: true });
  const optimizer = createOptimizer({ kind: "lion", beta2: 0 }, new Map([["weight", weight]]), session);
  const momentAfter = (values: number[]): number[] => {
    using _scope = session.scope();
    const gradients = backward(sum(mul(weight, session.tensor(values, [3]))));
    optimizer.step(gradients, { learningRate: 0.5, gradientScale: 1 });
    return [...optimizer.state().tensors.get("meanGradient/weight")!.data];
  };
  expect(momentAfter([1e-29, -1e-31, 0])).toEqual([Math.fround(1e-29), 0, 0]);
  expect([...weight.readSync()]).toEqual([0.5, 1.5, 1]);
});
