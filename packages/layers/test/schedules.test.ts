/** Keras's schedules against Keras (golden/make_schedules_golden.py), and what becomes of a learning rate that has one. */
import { readFileSync } from "node:fs";
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dense, type LearningRateSchedule, learningRateScheduler, sequential } from "../src/index.ts";
import { ratesOf } from "../src/train/schedules.ts";

interface Golden {
  readonly steps: readonly number[];
  readonly cases: readonly { readonly options: LearningRateSchedule; readonly rates: readonly number[] }[];
}

const golden = JSON.parse(readFileSync(new URL("golden/schedules.json", import.meta.url), "utf8")) as Golden;

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

afterAll(() => session.dispose());

test.each(golden.cases.map(({ options, rates }) => [JSON.stringify(options), options, rates] as const))(
  "%s",
  (_, options, rates) => {
    const rateOf = ratesOf(options);
    golden.steps.forEach((step, at) => {
      expect(rateOf(step), `step ${step}`).toBeCloseTo(rates[at]!, 10);
    });
  },
);

const x = [
  [1, 2],
  [3, -1],
];

test("a schedule counts steps over all epochs", async () => {
  const model = sequential([dense(1, { inputShape: [2] })]);
  const seen: number[] = [];
  const learningRate = (step: number) => {
    seen.push(step);
    return 0.1 / (step + 1);
  };
  model.compile({ optimizer: { kind: "sgd", learningRate }, loss: "mse", session });
  await model.fit(x, [1, 0], { epochs: 2, batchSize: 1, verbose: 0 });
  expect(seen).toEqual([0, 1, 2, 3]);
  expect(model.learningRate).toBe(0.1 / 5);
});

test("a learning rate that has a schedule cannot be set", async () => {
  const model = sequential([dense(1, { inputShape: [2] })]);
  const learningRate = { kind: "cosineDecay", initialLearningRate: 0.1, decaySteps: 4 } as const;
  model.compile({ optimizer: { kind: "adam", learningRate }, loss: "mse", session });
  const callbacks = [learningRateScheduler(() => 0.5)];
  await expect(model.fit(x, [1, 0], { callbacks, verbose: 0 })).rejects.toThrow("since it has a schedule");
});

test.each([
  [{ kind: "cosineDecy", initialLearningRate: 0.1, decaySteps: 4 }, "did you mean cosineDecay?"],
  [{ kind: "exponentialDecay", initialLearningRate: 0.1, decaySteps: 4 }, "decayRate to be a finite number >= 0"],
  [{ kind: "cosineDecay", initialLearningRate: 0.1, decaySteps: 0 }, "decaySteps to be a finite number > 0"],
  [{ kind: "cosineDecay", initialLearningRate: 0.1, decayStep: 4 }, "decayStep"],
  [{ kind: "piecewiseConstantDecay", boundaries: [5, 2], values: [1, 2, 3] }, "a list of rising steps"],
  [{ kind: "piecewiseConstantDecay", boundaries: [5], values: [1] }, "2 numbers, one more than boundaries"],
] as const)("%j is refused", (learningRate, message) => {
  const model = sequential([dense(1, { inputShape: [2] })]);
  const optimizer = { kind: "adam", learningRate: learningRate as unknown as LearningRateSchedule } as const;
  expect(() => model.compile({ optimizer, loss: "mse" })).toThrow(message);
});
