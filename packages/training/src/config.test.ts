import { expect, test } from "vitest";
import { z } from "zod";
import { optimizerConfig, scheduleConfig, trainingConfig } from "./config.ts";

test("sections that are left out take their defaults", () => {
  const experiment = z.strictObject({
    optimizer: optimizerConfig,
    schedule: scheduleConfig,
    training: trainingConfig,
  });
  expect(experiment.parse({})).toEqual({
    optimizer: {
      kind: "adamw",
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      kerasEpsilon: false,
      weightDecay: 0.01,
      amsgrad: false,
      lazy: false,
    },
    schedule: { kind: "constant", warmupSteps: 0 },
    training: {
      ...{ epochs: 10, batchSize: 32, accumulateSteps: 1, clipNorm: 1, patience: null },
      ...{ csvLog: false, keepCheckpoints: "none", tensorboard: false },
    },
  });
});

test("an option of another optimizer is refused", () => {
  const result = optimizerConfig.safeParse({ kind: "sgd", beta1: 0.5 });
  expect(result.error?.issues[0]).toMatchObject({ code: "unrecognized_keys", keys: ["beta1"] });
});

test("an unknown kind names the known ones", () => {
  const issue = optimizerConfig.safeParse({ kind: "sophia" }).error?.issues[0];
  expect(issue).toMatchObject({ path: ["kind"] });
});

test("Nesterov's momentum without momentum is refused", () => {
  expect(optimizerConfig.safeParse({ kind: "sgd", nesterov: true }).error?.issues[0]).toMatchObject({
    path: ["nesterov"],
    message: "nesterov needs momentum above 0",
  });
});

test("rmsprop and adagrad have PyTorch's defaults", () => {
  expect(optimizerConfig.parse({ kind: "rmsprop" })).toEqual({
    kind: "rmsprop",
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    kerasEpsilon: false,
    momentum: 0,
    kerasMomentum: false,
    centered: false,
    weightDecay: 0,
    decoupledWeightDecay: false,
    lazy: false,
  });
  expect(optimizerConfig.parse({ kind: "adagrad" })).toEqual({
    kind: "adagrad",
    learningRate: 0.01,
    learningRateDecay: 0,
    initialAccumulatorValue: 0,
    epsilon: 1e-10,
    kerasEpsilon: false,
    weightDecay: 0,
    decoupledWeightDecay: false,
    lazy: false,
  });
});

test.each([
  ["adam", "learningRate", -0.1, "expected number to be >0"],
  ["adamw", "beta2", 1, "expected number to be <1"],
  ["sgd", "momentum", -0.5, "expected number to be >=0"],
  ["rmsprop", "alpha", 1, "expected number to be <1"],
  ["rmsprop", "epsilon", 0, "expected number to be >0"],
  ["adagrad", "learningRateDecay", -1, "expected number to be >=0"],
  ["adagrad", "initialAccumulatorValue", -1, "expected number to be >=0"],
  ["adagrad", "lazy", "yes", "expected boolean"],
])("%s with %s %s is refused", (kind, option, value, message) => {
  const issue = optimizerConfig.safeParse({ kind, [option]: value }).error?.issues[0];
  expect(issue).toMatchObject({ path: [option], message: expect.stringContaining(message) });
});

test("clipping and patience can be switched off, but not be zero", () => {
  expect(trainingConfig.parse({ clipNorm: null, patience: null })).toMatchObject({ clipNorm: null, patience: null });
  expect(trainingConfig.safeParse({ clipNorm: 0 }).success).toBe(false);
  const clip = { kind: "value", limit: 0.1 } as const;
  expect(trainingConfig.parse({ clip })).toMatchObject({ clip, clipNorm: null });
  expect(trainingConfig.parse({ clip, clipNorm: 2 })).toMatchObject({ clip, clipNorm: 2 });
  expect(trainingConfig.safeParse({ patience: 0 }).success).toBe(false);
});

test("every option has a description, for editors and the reference page", () => {
  for (const schema of [optimizerConfig, scheduleConfig, trainingConfig]) {
    const json = z.toJSONSchema(schema, { io: "input" }) as {
      oneOf?: { properties: object }[];
      anyOf?: { properties: object }[];
      properties?: object;
    };
    const variants = json.oneOf ?? json.anyOf ?? [{ properties: json.properties! }];
    for (const { properties } of variants) {
      for (const [name, property] of Object.entries(properties)) expect(property, name).toHaveProperty("description");
    }
  }
});
