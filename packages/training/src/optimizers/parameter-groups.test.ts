import { NamePatternError } from "@cellstate/lstm-core";
import { add, backward, createSession, mul, OptionError, type Session, sum, type Tensor } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { optimizerConfig } from "../config.ts";
import { ParameterGroupError, TrainingStateError } from "../errors.ts";
import { createOptimizer } from "./create-optimizer.ts";
import type { Optimizer, OptimizerStepOptions } from "./optimizer.ts";
import type { OptimizerOptions } from "./optimizers.ts";

const NAMES = ["embedding.weight", "encoder.weight_l0", "encoder.bias_l0", "output.weight"];

async function model(): Promise<{ session: Session; parameters: Map<string, Tensor> }> {
  const session = await createSession({ backend: "reference" });
  const entries = NAMES.map((name, i) => [name, session.tensor([i + 1, -i], [2], { requiresGrad: true })] as const);
  return { session, parameters: new Map(entries) };
}

/** A step in which every parameter's gradient is 1. */
function step(session: Session, parameters: Map<string, Tensor>, optimizer: Optimizer, options?: OptimizerStepOptions) {
  using _scope = session.scope();
  const terms = [...parameters.values()].map((parameter) => sum(mul(parameter, session.tensor([1, 1], [2]))));
  const gradients = backward(terms.reduce((total, term) => add(total, term)));
  optimizer.step(gradients, options);
  return gradients;
}

/** How far the first element of each parameter has gone down in a step of size 1. */
async function moves(options: OptimizerOptions, epoch = 1): Promise<number[]> {
  const { session, parameters } = await model();
  const optimizer = createOptimizer(options, parameters, session);
  optimizer.beginEpoch(epoch);
  step(session, parameters, optimizer, { learningRate: 1 });
  return [...parameters.values()].map((parameter, i) => i + 1 - parameter.readSync()[0]!);
}

test("the first group whose pattern fits gives a parameter its rate, others keep that of the optimizer", async () => {
  const groups = [
    { pattern: "encoder.bias*", learningRateFactor: 0.25 },
    { pattern: "encoder.*", learningRate: 0.05 },
  ];
  expect(await moves({ kind: "sgd", learningRate: 0.1, groups })).toEqual([1, 0.5, 0.25, 1]);
});

test("a group has options of its own, and an own decay of 0 switches decay off", async () => {
  const groups = [
    { pattern: "*bias*", weightDecay: 0 },
    { pattern: "output.*", weightDecay: 0.125 },
  ];
  expect(await moves({ kind: "sgd", weightDecay: 0.5, groups })).toEqual([1.5, 2, 1, 1.5]);
  const half = [{ pattern: "output.*", beta1: 0.5, epsilon: 1 }];
  expect((await moves({ kind: "adam", groups: half }))[3]).toBeCloseTo(0.5, 6);
});

test("frozen parameters take no step, have no moments, and get no gradient", async () => {
  const { session, parameters } = await model();
  const options: OptimizerOptions = { kind: "adamw", groups: [{ pattern: "e*.*", freeze: true }] };
  const optimizer = createOptimizer(options, parameters, session);
  const gradients = step(session, parameters, optimizer);
  expect(parameters.get("embedding.weight")!.readSync()[0]).toBe(1);
  expect(gradients.get(parameters.get("encoder.weight_l0")!)).toBeUndefined();
  expect([...optimizer.state().tensors.keys()]).toEqual(["firstMoment/output.weight", "secondMoment/output.weight"]);
  expect(parameters.get("output.weight")!.readSync()[0]).toBeLessThan(4);
});

test("groups by depth have rates that shrink by 2.6 for each layer, and thaw one after the other", async () => {
  const byDepth = { layers: ["output.*", "encoder.*", "embedding.*"], gradualUnfreezing: true };
  const rounded = async (epoch: number) =>
    (await moves({ kind: "sgd", byDepth }, epoch)).map((move) => Number(move.toFixed(6)));
  const [second, third] = [1 / 2.6, 1 / 2.6 ** 2].map((rate) => Number(rate.toFixed(6)));
  expect(await rounded(1)).toEqual([0, 0, 0, 1]);
  expect(await rounded(2)).toEqual([0, second, second, 1]);
  expect(await rounded(3)).toEqual([third, second, second, 1]);
  expect(await moves({ kind: "sgd", byDepth: { ...byDepth, factor: 2, gradualUnfreezing: false } })).toEqual([
    0.25, 0.5, 0.5, 1,
  ]);
});

test("a state that was saved goes on in groups with the same bits, and one of another model is refused", async () => {
  const options: OptimizerOptions = {
    kind: "adam",
    groups: [
      { pattern: "encoder.*", learningRateFactor: 0.1 },
      { pattern: "output.*", beta1: 0.5 },
    ],
  };
  const [straight, first, second] = [await model(), await model(), await model()];
  const run = (one: typeof first, optimizer: Optimizer, steps: number) => {
    for (let i = 0; i < steps; i++) step(one.session, one.parameters, optimizer);
  };
  const whole = createOptimizer(options, straight.parameters, straight.session);
  run(straight, whole, 5);
  const before = createOptimizer(options, first.parameters, first.session);
  run(first, before, 2);
  const after = createOptimizer(options, second.parameters, second.session);
  for (const [name, parameter] of second.parameters) parameter.write(first.parameters.get(name)!.readSync());
  after.loadState(before.state());
  run(second, after, 3);
  expect(after.state()).toEqual(whole.state());
  for (const [name, parameter] of second.parameters) {
    expect(parameter.readSync(), name).toEqual(straight.parameters.get(name)!.readSync());
  }
  const { steps, ...rest } = before.state();
  expect(() => after.loadState({ ...rest, steps: { ...steps, other: 1 } })).toThrow("unexpected: other");
});

const wrong: [OptimizerOptions | object, string | RegExp][] = [
  [{ groups: [{ pattern: "embeding.*" }] }, /"embeding\.\*"; did you mean "embedding.weight"\?\nThe names: embedding/],
  [
    { groups: [{ pattern: "encoder.*" }, { pattern: "encoder.bias_l0" }] },
    'everything that "encoder.bias_l0" fits belongs to groups before it; put the narrower pattern first',
  ],
  [{ groups: [{ pattern: "*", freeze: true }] }, "expected a parameter that learns in the first epoch"],
  [{ groups: [{ pattern: "*", unfreezeEpoch: 2 }] }, "got groups that freeze all of them"],
  [{ groups: [{ pattern: "o*", lr: 1 }] }, /group "o\*": expected options among .*learningRateFactor.*, got lr/],
  [{ groups: [{ pattern: "o*", learningRate: Number.NaN }] }, 'group "o*": expected learningRate to be a number > 0'],
  [{ groups: [{ pattern: "o*", weightDecay: undefined }] }, "got undefined; leave it out for its default"],
  [{ groups: [{ pattern: "o*", learningRate: 1, learningRateFactor: 1 }] }, "or learningRateFactor, got both"],
  [{ groups: [{ pattern: "o*", freeze: true, momentum: 0.5 }] }, "momentum does nothing where freeze is true"],
  [{ groups: [{ pattern: "o*", nesterov: true }] }, 'group "o*": nesterov needs momentum above 0'],
  [{ groups: [{ pattern: "o*" }], byDepth: { layers: ["e*", "o*"] } }, "leave one of them out"],
  [{ byDepth: { layers: ["e*", "o*"], factor: 0 } }, "byDepth: expected factor to be a number > 0, got 0"],
  [{ byDepth: { layers: ["e*"], rate: 1 } }, "byDepth: expected options to be among layers, factor"],
  [{ groups: [{ freeze: true }] }, 'expected each group to have a pattern, such as "encoder.*", got undefined'],
  [{ groups: {} }, "expected groups to be a list"],
];

test.each(wrong)("refused: %j", async (options, message) => {
  const { session, parameters } = await model();
  const create = () => createOptimizer({ kind: "sgd", ...options } as OptimizerOptions, parameters, session);
  expect(create).toThrow(message);
  expect(create).not.toThrow(TypeError);
});

test("what is wrong has a type", async () => {
  const { session, parameters } = await model();
  const create = (options: unknown) => () => createOptimizer(options as OptimizerOptions, parameters, session);
  expect(create({ kind: "sgd", groups: [{ pattern: "x" }] })).toThrow(NamePatternError);
  expect(create({ kind: "sgd", groups: [{ pattern: "*", freeze: true }] })).toThrow(ParameterGroupError);
  expect(create(undefined)).toThrow(TrainingStateError);
  expect(create(undefined)).toThrow('createOptimizer: expected options such as { kind: "adamw" }, got undefined');
  const list = () => createOptimizer({ kind: "sgd" }, [...parameters.values()] as never, session);
  expect(list).toThrow("createOptimizer: expected parameters as a Map of tensors by name");
  const alone = () => createOptimizer({ kind: "sgd" }, parameters, undefined as never);
  expect(alone).toThrow("createOptimizer: expected the session of the parameters as its third argument");
  expect(create({ kind: "adam", learningRate: undefined })).toThrow(
    "adam: expected learningRate to be a number > 0, got undefined; leave it out for its default, 0.001",
  );
});

test("a step without its numbers is refused, and one without options has those of the optimizer", async () => {
  const { session, parameters } = await model();
  const optimizer = createOptimizer({ kind: "sgd", learningRate: 0.5 }, parameters, session);
  for (const options of [
    { learningRate: Number.NaN },
    { learningRate: undefined },
    { gradientScale: null },
    { lr: 1 },
  ]) {
    expect(() => step(session, parameters, optimizer, options as OptimizerStepOptions)).toThrow(OptionError);
  }
  step(session, parameters, optimizer);
  expect(parameters.get("embedding.weight")!.readSync()[0]).toBe(0.5);
});

test("config files have groups, whose faults stand at their places", () => {
  const groups = [{ pattern: "encoder.*", learningRateFactor: 0.1, weightDecay: 0 }];
  expect(optimizerConfig.parse({ kind: "adamw", groups }).groups).toEqual(groups);
  const faults = (options: object) => optimizerConfig.safeParse({ kind: "sgd", ...options }).error?.issues;
  expect(faults({ groups: [{ pattern: "a", freeze: true, momentum: 0.1 }] })).toMatchObject([
    { path: ["groups", 0, "momentum"], message: "momentum does nothing where freeze is true" },
  ]);
  expect(faults({ groups: [{ pattern: "a", nesterov: true }] })).toMatchObject([{ path: ["groups", 0, "nesterov"] }]);
  expect(faults({ groups: [{ pattern: "a", learningRate: null }] })).toMatchObject([
    { path: ["groups", 0, "learningRate"] },
  ]);
  expect(faults({ groups: [{ pattern: "a", beta1: 0.1 }] })).toMatchObject([{ code: "unrecognized_keys" }]);
  expect(faults({ groups: [], byDepth: {} })!.length).toBeGreaterThan(1);
});
