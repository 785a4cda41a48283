import { readFileSync } from "node:fs";
import { add, backward, createSession, mul, type SessionOptions, sum, type Tensor } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { createOptimizer } from "./create-optimizer.ts";
import { type OptimizerOptions, optimizers } from "./optimizers.ts";

type Values = Record<string, number[]>;

interface Case {
  readonly learningRates: "falling" | "constant";
  /** Weights by the number of steps taken. */
  readonly after: Record<string, Values>;
  readonly averages: Values;
}

interface Golden {
  readonly shapes: Record<string, number[]>;
  readonly missing: { readonly name: string; readonly step: number };
  readonly learningRates: Record<Case["learningRates"], number[]>;
  readonly start: Values;
  readonly gradients: Values[];
  readonly cases: Record<string, Case>;
}

// Made by test/golden/make_fifty_steps_golden.py in float64: PyTorch 2.13, Keras 3.15 where epsilon, momentum or decay are in its way, and plain loops for Lion and LAMB.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/fifty-steps.json", import.meta.url), "utf8"),
) as Golden;

const cases: Record<string, OptimizerOptions> = {
  adamw: { kind: "adamw", beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1 },
  adamwAmsgrad: { kind: "adamw", weightDecay: 0.1, amsgrad: true },
  adam: { kind: "adam", weightDecay: 0.05 },
  adamAmsgrad: { kind: "adam", beta1: 0.7, beta2: 0.9, weightDecay: 0.05, amsgrad: true },
  sgd: { kind: "sgd", weightDecay: 0.02 },
  sgdMomentum: { kind: "sgd", momentum: 0.9, weightDecay: 0.02 },
  sgdNesterov: { kind: "sgd", momentum: 0.7, nesterov: true },
  rmsprop: { kind: "rmsprop", alpha: 0.9, epsilon: 1e-6, weightDecay: 0.02 },
  rmspropCentered: {
    kind: "rmsprop",
    alpha: 0.95,
    epsilon: 1e-4,
    momentum: 0.6,
    weightDecay: 0.05,
    centered: true,
  },
  adagrad: {
    kind: "adagrad",
    learningRateDecay: 0.1,
    weightDecay: 0.03,
    initialAccumulatorValue: 0.5,
    epsilon: 1e-6,
  },
  lion: { kind: "lion", weightDecay: 0.1 },
  nadam: { kind: "nadam", weightDecay: 0.02 },
  nadamDecoupled: {
    kind: "nadam",
    beta1: 0.8,
    beta2: 0.95,
    momentumDecay: 0.05,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adamax: { kind: "adamax", beta1: 0.85, beta2: 0.97, weightDecay: 0.02 },
  adadelta: { kind: "adadelta", rho: 0.8, epsilon: 1e-4, weightDecay: 0.02 },
  lamb: { kind: "lamb", beta2: 0.95, weightDecay: 0.1 },
  adamKeras: { kind: "adam", epsilon: 1e-3, kerasEpsilon: true },
  adamAmsgradKeras: { kind: "adam", epsilon: 1e-3, amsgrad: true, kerasEpsilon: true },
  adamwKeras: { kind: "adamw", epsilon: 1e-3, weightDecay: 0.1, kerasEpsilon: true },
  rmspropKeras: { kind: "rmsprop", alpha: 0.9, epsilon: 1e-2, kerasEpsilon: true },
  rmspropCenteredKeras: { kind: "rmsprop", alpha: 0.9, epsilon: 1e-2, centered: true, kerasEpsilon: true },
  adagradKeras: { kind: "adagrad", initialAccumulatorValue: 0.1, epsilon: 1e-2, kerasEpsilon: true },
  sgdKeras: { kind: "sgd", momentum: 0.9, kerasMomentum: true, weightDecay: 0.05, decoupledWeightDecay: true },
  sgdNesterovKeras: { kind: "sgd", momentum: 0.8, nesterov: true, kerasMomentum: true },
  rmspropMomentumKeras: {
    kind: "rmsprop",
    alpha: 0.9,
    epsilon: 1e-2,
    momentum: 0.9,
    centered: true,
    kerasEpsilon: true,
    kerasMomentum: true,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adagradDecoupledKeras: {
    kind: "adagrad",
    initialAccumulatorValue: 0.1,
    epsilon: 1e-2,
    kerasEpsilon: true,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adadeltaDecoupledKeras: {
    kind: "adadelta",
    rho: 0.8,
    epsilon: 1e-4,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adamaxDecoupledKeras: {
    kind: "adamax",
    epsilon: 1e-2,
    kerasEpsilon: true,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adamDecoupledKeras: {
    kind: "adam",
    epsilon: 1e-3,
    kerasEpsilon: true,
    weightDecay: 0.1,
    decoupledWeightDecay: true,
  },
  adamaxKeras: { kind: "adamax", epsilon: 1e-2, kerasEpsilon: true },
  asgd: { kind: "asgd", lambda: 0.01, alpha: 0.6, averageAfterSteps: 20, weightDecay: 0.02 },
};

interface Outcome {
  readonly after: ReadonlyMap<string, Values>;
  readonly averages: Values;
}

/** Takes the fifty steps. */
async function run(name: string, backend: SessionOptions): Promise<Outcome> {
  const session = await createSession(backend);
  const parameters = new Map(
    Object.entries(golden.start).map(([key, values]) => [
      key,
      session.tensor(values, golden.shapes[key]!, { requiresGrad: true }),
    ]),
  );
  const optimizer = createOptimizer(cases[name]!, parameters, session);
  const { learningRates } = golden.cases[name]!;
  const after = new Map<string, Values>();
  golden.gradients.forEach((gradients, step) => {
    using _scope = session.scope();
    const present = [...parameters].filter(([key]) => key !== golden.missing.name || step !== golden.missing.step);
    const terms = present.map(([key, parameter]) =>
      sum(mul(parameter, session.tensor(gradients[key]!, parameter.shape))),
    );
    const learningRate = golden.learningRates[learningRates][step]!;
    optimizer.step(backward(terms.reduce((total, term) => add(total, term))), { learningRate, gradientScale: 1 });
    after.set(String(step + 1), valuesOf(parameters));
  });
  const averages = valuesOf(optimizer.averages());
  await session.dispose();
  return { after, averages };
}

function valuesOf(tensors: ReadonlyMap<string, Tensor>): Values {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, [...tensor.readSync()]]));
}

function expectClose(got: Values, expected: Values, tolerance: number): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, i) => {
      const bound = tolerance * Math.max(1, Math.abs(value));
      expect(Math.abs(got[name]![i]! - value), `${name}[${i}]`).toBeLessThanOrEqual(bound);
    });
  }
}

test("every optimizer takes fifty steps here", () => {
  const kinds = new Set(Object.values(cases).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(optimizers.map(({ kind }) => kind).sort());
  expect(Object.keys(cases)).toEqual(Object.keys(golden.cases));
});

// In float64 only the order of operations differs; in float32 the roundings of fifty steps add up.
test.each(Object.keys(cases))("%s: fifty steps are those of PyTorch, of Keras or of the paper", async (name) => {
  const expected = golden.cases[name]!;
  for (const [dtype, tolerance] of [
    ["float64", 1e-11],
    ["float32", 1e-5],
  ] as const) {
    const { after, averages } = await run(name, { backend: "reference", dtype });
    for (const [step, values] of Object.entries(expected.after)) expectClose(after.get(step)!, values, tolerance);
    expectClose(averages, expected.averages, tolerance);
  }
});

test.each(Object.keys(cases))("%s: wasm gives the bits of the reference after fifty steps", async (name) => {
  const reference = await run(name, { backend: "reference" });
  expect(await run(name, { backend: "wasm", threads: 2 })).toEqual(reference);
});
