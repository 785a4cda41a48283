import { backward, createSession, mul, sum } from "@cellstate/tensor";
import {
  createOptimizer,
  defineOptimizer,
  defineSchedule,
  descend,
  eachParameter,
  initialScheduleState,
  learningRateFactor,
  number,
  type OptimizerOptions,
  type ScheduleOptions,
  wholeGradient,
} from "@cellstate/training";
import { optimizerConfigOf, scheduleConfigOf } from "@cellstate/training/config";
import { expect, test } from "vitest";

const plain = defineOptimizer({
  kind: "plain",
  description: "steps along the gradient",
  options: {
    learningRate: number({ above: 0, default: 0.5, description: "size of a step" }),
    factor: number({ above: 0, default: 2, description: "factor of the gradient" }),
  },
  moments: () => ({}),
  step(parameters, { learningRate, gradientScale, factor }) {
    eachParameter(parameters, (stepped) => {
      descend(stepped, wholeGradient(stepped, { gradientScale, joinedDecay: 0 }), learningRate * factor);
    });
  },
});

const halved = defineSchedule({
  kind: "halved",
  description: "half of the learning rate",
  options: { share: number({ min: 0, max: 1, default: 0.5, description: "share of the learning rate" }) },
  factor: (_moment, { share }) => share,
});

test("an optimizer of one's own is chosen by its kind, with its options, in code and in configs", async () => {
  const config = optimizerConfigOf([plain]);
  expect(config.parse({ kind: "plain" })).toEqual({ kind: "plain", learningRate: 0.5, factor: 2 });
  expect(config.safeParse({ kind: "plain", factor: 0 }).success).toBe(false);
  expect(config.parse(undefined)).toMatchObject({ kind: "adamw" });

  const session = await createSession({ backend: "reference" });
  const weight = session.tensor([1, 2], [2], { requiresGrad: true });
  const options = { kind: "plain", factor: 4 } as unknown as OptimizerOptions;
  const optimizer = createOptimizer(options, new Map([["weight", weight]]), session, [plain]);
  optimizer.step(backward(sum(mul(weight, session.tensor([1, -1], [2])))));
  expect([...weight.readSync()]).toEqual([-1, 4]);
  expect(() => createOptimizer(options, new Map(), session)).toThrow(
    /expected kind to be one of adamw, .*, got "plain"/,
  );
});

test("a schedule of one's own is chosen by its kind, and warms up as all do", () => {
  const options = { kind: "halved", warmupSteps: 2 } as unknown as ScheduleOptions;
  expect(scheduleConfigOf([halved]).parse({ kind: "halved" })).toEqual({ kind: "halved", warmupSteps: 0, share: 0.5 });
  const state = initialScheduleState(options, [halved]);
  const factors = [0, 1, 2, 3].map((step) => learningRateFactor(options, { step, totalSteps: 4 }, state, [halved]));
  expect(factors).toEqual([0.5, 1, 0.5, 0.5]);
  expect(() => initialScheduleState(options)).toThrow(/got "halved"/);
});
