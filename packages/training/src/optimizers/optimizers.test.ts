import { readFileSync } from "node:fs";
import {
  add,
  backward,
  createSession,
  embedding,
  type Gradients,
  mul,
  type Session,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { expect, test } from "vitest";
import { clipByGlobalNorm } from "../clipping/clip-norm.ts";
import { optimizerConfig } from "../config.ts";
import { TrainingStateError } from "../errors.ts";
import { createOptimizer } from "./create-optimizer.ts";
import { type OptimizerOptions, optimizers } from "./optimizers.ts";

type Values = Record<string, number[]>;

interface Golden {
  readonly shapes: Record<string, number[]>;
  readonly missing: { readonly name: string; readonly step: number };
  readonly learningRates: number[];
  readonly start: Values;
  readonly gradients: Values[];
  readonly norms: number[];
  readonly after: Record<string, Values[]>;
  readonly sparseAdam: {
    readonly shape: number[];
    readonly rows: number[][];
    readonly start: number[];
    readonly gradients: number[][];
    readonly after: number[][];
  };
}

// Made by test/golden/make_optimizers_golden.py with PyTorch 2.13 in float64.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/optimizers.json", import.meta.url), "utf8"),
) as Golden;

const cases = {
  adamw: { kind: "adamw", beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1 },
  adam: { kind: "adam", weightDecay: 0.05 },
  sgd: { kind: "sgd", weightDecay: 0.02 },
  momentum: { kind: "sgd", momentum: 0.9, weightDecay: 0.02 },
  nesterov: { kind: "sgd", momentum: 0.7, nesterov: true },
  rmsprop: { kind: "rmsprop", alpha: 0.9, epsilon: 1e-6, weightDecay: 0.02 },
  rmspropMomentum: { kind: "rmsprop", momentum: 0.8 },
  rmspropCentered: {
    kind: "rmsprop",
    alpha: 0.95,
    epsilon: 1e-4,
    momentum: 0.6,
    weightDecay: 0.05,
    centered: true,
  },
  adagrad: { kind: "adagrad" },
  adagradDecay: {
    kind: "adagrad",
    learningRateDecay: 0.1,
    weightDecay: 0.03,
    initialAccumulatorValue: 0.5,
    epsilon: 1e-6,
  },
};

function startParameters(session: Session): Map<string, Tensor> {
  const entries = Object.entries(golden.start).map(
    ([name, values]) => [name, session.tensor(values, golden.shapes[name]!, { requiresGrad: true })] as const,
  );
  return new Map(entries);
}

/** Gradients with the given values: those of the sum over `parameter * value`. */
function gradientsOf(session: Session, parameters: ReadonlyMap<string, Tensor>, step: number): Gradients {
  const terms = [...parameters]
    .filter(([name]) => name !== golden.missing.name || step !== golden.missing.step)
    .map(([name, parameter]) =>
      sum(mul(parameter, session.tensor(golden.gradients[step]![name]!, golden.shapes[name]!))),
    );
  return backward(terms.reduce((total, term) => add(total, term)));
}

/** Float64 against float64: only the order of operations may differ. */
function expectClose(parameters: ReadonlyMap<string, Tensor>, expected: Values): void {
  for (const [name, parameter] of parameters) {
    const got = parameter.readSync();
    expected[name]!.forEach((value, i) => {
      expect(Math.abs(got[i]! - value), `${name}[${i}]`).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
    });
  }
}

test.each(Object.entries(cases))(
  "%s takes the steps of PyTorch, also where a gradient is missing",
  async (name, options) => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const parameters = startParameters(session);
    const optimizer = createOptimizer(optimizerConfig.parse(options), parameters, session);
    golden.learningRates.forEach((learningRate, step) => {
      using _scope = session.scope();
      optimizer.step(gradientsOf(session, parameters, step), { learningRate, gradientScale: 1 });
      expectClose(parameters, golden.after[name]![step]!);
    });
  },
);

test.each(Object.entries(cases))("%s goes on from a saved state as if it had not stopped", async (name, options) => {
  const config = optimizerConfig.parse(options);
  const before = await createSession({ backend: "reference", dtype: "float64" });
  const parametersBefore = startParameters(before);
  const first = createOptimizer(config, parametersBefore, before);
  for (let step = 0; step < 3; step++) {
    using _scope = before.scope();
    first.step(gradientsOf(before, parametersBefore, step), {
      learningRate: golden.learningRates[step]!,
      gradientScale: 1,
    });
  }
  const after = await createSession({ backend: "reference", dtype: "float64" });
  const parametersAfter = startParameters(after);
  for (const [key, parameter] of parametersAfter) parameter.write(parametersBefore.get(key)!.readSync());
  const second = createOptimizer(config, parametersAfter, after);
  second.loadState(first.state());
  expect(second.state()).toEqual(first.state());
  for (let step = 3; step < golden.learningRates.length; step++) {
    using _scope = after.scope();
    second.step(gradientsOf(after, parametersAfter, step), {
      learningRate: golden.learningRates[step]!,
      gradientScale: 1,
    });
  }
  expectClose(parametersAfter, golden.after[name]!.at(-1)!);
});

test.each(optimizers.map(({ kind }) => kind))("%s without options has the defaults of config files", async (kind) => {
  const after = async (options: OptimizerOptions): Promise<number[]> => {
    const session = await createSession({ backend: "reference" });
    const weight = session.tensor([1, -2], [2], { requiresGrad: true });
    const optimizer = createOptimizer(options, new Map([["weight", weight]]), session);
    for (let step = 0; step < 3; step++) {
      using _scope = session.scope();
      const gradients = backward(sum(mul(weight, session.tensor([3, 4 - step], [2]))));
      optimizer.step(gradients, { learningRate: optimizer.learningRate, gradientScale: 1 });
    }
    return [...weight.readSync()];
  };
  const weights = await after({ kind });
  expect(weights).toEqual(await after(optimizerConfig.parse({ kind })));
  for (const weight of weights) expect(weight).toBeLessThan(1);
  expect(weights.every(Number.isFinite)).toBe(true);
});

test("a wrong option is refused by name, also from plain JavaScript", async () => {
  const session = await createSession({ backend: "reference" });
  const create = (options: object) => () => createOptimizer(options as OptimizerOptions, new Map(), session);
  expect(create({ kind: "adam", beta1: 1 })).toThrow(TrainingStateError);
  expect(create({ kind: "adam", beta1: 1 })).toThrow("adam: expected beta1 to be a number >= 0 and < 1, got 1");
  expect(create({ kind: "sgd", lr: 0.1 })).toThrow(
    "sgd: expected options among learningRate, momentum, kerasMomentum, nesterov, weightDecay, decoupledWeightDecay, lazy, got lr",
  );
  expect(create({ kind: "sgd", nesterov: true })).toThrow("sgd: nesterov needs momentum above 0");
  expect(create({ kind: "adamw", amsgrad: true, lazy: true })).toThrow("adamw: lazy does not go with amsgrad");
  const kinds = optimizers.map(({ kind }) => kind).join(", ");
  expect(create({ kind: "sophia" })).toThrow(`createOptimizer: expected kind to be one of ${kinds}, got "sophia"`);
});

/** The gradient of a table of which only the `rows` were looked up. */
function sparseGradients(session: Session, table: Tensor, rows: number[], values: number[]): Gradients {
  const looked = embedding(table, session.tensor(rows, [rows.length], { dtype: "int32" }));
  return backward(sum(mul(looked, session.tensor(values, looked.shape))));
}

test("lazy Adam takes the steps of PyTorch's SparseAdam", async () => {
  const { shape, rows, start, gradients, after } = golden.sparseAdam;
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const table = session.tensor(start, shape, { requiresGrad: true });
  const config = optimizerConfig.parse({ kind: "adam", beta1: 0.8, beta2: 0.95, epsilon: 1e-300, lazy: true });
  const optimizer = createOptimizer(config, new Map([["table", table]]), session);
  golden.learningRates.forEach((learningRate, step) => {
    using _scope = session.scope();
    optimizer.step(sparseGradients(session, table, rows[step]!, gradients[step]!), { learningRate, gradientScale: 1 });
    expectClose(new Map([["table", table]]), { table: after[step]! });
  });
});

test.each(["adam", "adamw", "sgd", "rmsprop", "adagrad"])(
  "%s leaves unused rows alone when it is lazy, and otherwise decays their weights",
  async (kind) => {
    const unusedRow = async (lazy: boolean): Promise<number[]> => {
      const session = await createSession({ backend: "reference" });
      const table = session.tensor([1, 2, 3, 4], [2, 2], { requiresGrad: true });
      const config = optimizerConfig.parse({ kind, weightDecay: 0.1, lazy });
      const optimizer = createOptimizer(config, new Map([["table", table]]), session);
      using _scope = session.scope();
      optimizer.step(sparseGradients(session, table, [0], [1, 1]), { learningRate: 0.1, gradientScale: 1 });
      return [...table.readSync().subarray(2)];
    };
    expect(await unusedRow(true)).toEqual([3, 4]);
    for (const [i, value] of (await unusedRow(false)).entries()) expect(value).toBeLessThan(3 + i);
  },
);

test.each(Object.entries(cases))("%s names its moments in checkpoints", async (name, options) => {
  const session = await createSession({ backend: "reference" });
  const parameters = new Map([["weight", session.zeros([2])]]);
  const moments: Record<string, string[]> = {
    adam: ["firstMoment", "secondMoment"],
    adamw: ["firstMoment", "secondMoment"],
    sgd: [],
    momentum: ["velocity"],
    nesterov: ["velocity"],
    rmsprop: ["meanSquare"],
    rmspropMomentum: ["meanSquare", "velocity"],
    rmspropCentered: ["meanSquare", "velocity", "meanGradient"],
    adagrad: ["squareSum"],
    adagradDecay: ["squareSum"],
  };
  const { tensors, steps } = createOptimizer(optimizerConfig.parse(options), parameters, session).state();
  expect([...tensors.keys()]).toEqual(moments[name]!.map((moment) => `${moment}/weight`));
  expect(steps).toEqual({ weight: 0 });
});

test.each(["sgd", "rmsprop"] as const)("%s without momentum has no use for kerasMomentum", async (kind) => {
  const session = await createSession({ backend: "reference" });
  const [own, keras] = [false, true].map((kerasMomentum) => {
    const weight = session.tensor([1, -2], [2], { requiresGrad: true });
    const optimizer = createOptimizer({ kind, kerasMomentum }, new Map([["weight", weight]]), session);
    using _scope = session.scope();
    optimizer.step(backward(sum(mul(weight, session.tensor([3, 4], [2])))), { learningRate: 0.1, gradientScale: 1 });
    return [...weight.readSync()];
  });
  expect(keras).toEqual(own);
});

test("a gradient scale acts like smaller gradients", async () => {
  const run = async (factor: number, gradientScale: number): Promise<number[]> => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const weight = session.tensor([1, 2], [2], { requiresGrad: true });
    const optimizer = createOptimizer(
      optimizerConfig.parse({ kind: "sgd", momentum: 0.5 }),
      new Map([["weight", weight]]),
      session,
    );
    for (let step = 0; step < 2; step++) {
      using _scope = session.scope();
      const gradients = backward(sum(mul(weight, session.tensor([3 * factor, 4 * factor], [2]))));
      optimizer.step(gradients, { learningRate: 0.1, gradientScale });
    }
    return [...weight.readSync()];
  };
  expect(await run(1, 0.25)).toEqual(await run(0.25, 1));
});

test("the global norm is PyTorch's, and clipping scales down to the limit only what exceeds it", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const parameters = startParameters(session);
  golden.norms.forEach((norm, step) => {
    using _scope = session.scope();
    const gradients = gradientsOf(session, parameters, step);
    expect(clipByGlobalNorm(gradients, parameters, null).norm).toBeCloseTo(norm, 12);
    expect(clipByGlobalNorm(gradients, parameters, null).scale).toBe(1);
    expect(clipByGlobalNorm(gradients, parameters, norm * 2).scale).toBe(1);
    const clipped = clipByGlobalNorm(gradients, parameters, norm / 4);
    expect(clipped.scale).toBeCloseTo(0.25, 12);
  });
});

test("a state of another optimizer, model or shape is refused by name", async () => {
  const session = await createSession({ backend: "reference" });
  const adam = (shape: number[], name = "weight") =>
    createOptimizer(optimizerConfig.parse({ kind: "adam" }), new Map([[name, session.zeros(shape)]]), session);
  const sgd = createOptimizer(
    optimizerConfig.parse({ kind: "sgd" }),
    new Map([["weight", session.zeros([2])]]),
    session,
  );
  expect(() => adam([2]).loadState(sgd.state())).toThrow("adam: expected the state of adam, got the state of sgd");
  expect(() => adam([2]).loadState(adam([2], "bias").state())).toThrow(
    "adam: step counts: the saved state belongs to another model; missing: weight; unexpected: bias",
  );
  expect(() => adam([2]).loadState(adam([3]).state())).toThrow(
    "adam: moment firstMoment/weight: expected float32 [2], got float32 [3]",
  );
});

test("one tensor under two names is refused", async () => {
  const session = await createSession({ backend: "reference" });
  const shared = session.zeros([2]);
  const parameters = new Map([
    ["embedding.weight", shared],
    ["output.weight", shared],
  ]);
  expect(() => createOptimizer(optimizerConfig.parse({ kind: "sgd" }), parameters, session)).toThrow(
    TrainingStateError,
  );
  expect(() => createOptimizer(optimizerConfig.parse({ kind: "sgd" }), parameters, session)).toThrow(
    'expected each tensor under one name, got "embedding.weight" and "output.weight" for the same one',
  );
});
