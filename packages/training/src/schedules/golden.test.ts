import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { afterEvaluation, initialScheduleState, learningRateFactor } from "./schedule.ts";
import { type ScheduleOptions, schedules } from "./schedules.ts";

interface Golden {
  /** Whether the evaluation after each step was the best so far, for the plateau. */
  readonly improved: boolean[];
  readonly factors: Record<string, number[]>;
}

// Made by test/golden/make_schedules_golden.py with the schedulers of PyTorch 2.13 and Keras 3, and the papers' formulas.
const golden = JSON.parse(readFileSync(new URL("../../test/golden/schedules.json", import.meta.url), "utf8")) as Golden;
const STEPS = golden.improved.length;

/** The options, and steps in an epoch where they are several. */
const cases: Record<string, readonly [options: ScheduleOptions, stepsPerEpoch?: number]> = {
  constant: [{ kind: "constant" }],
  linear: [{ kind: "linear", finalFactor: 0.2 }],
  linearAfterWarmUp: [{ kind: "linear", finalFactor: 0.2, warmupSteps: 10 }],
  cosine: [{ kind: "cosine", finalFactor: 0.1 }],
  plateau: [{ kind: "plateau", factor: 0.5, patience: 2, minFactor: 0.01 }],
  step: [{ kind: "step", everyEpochs: 7, factor: 0.3 }],
  multiStep: [{ kind: "multiStep", milestones: [4, 20, 20, 41], factor: 0.5 }],
  exponential: [{ kind: "exponential", factor: 0.9 }],
  exponentialByStep: [{ kind: "exponential", factor: 0.8, staircase: false }, 4],
  polynomial: [{ kind: "polynomial", power: 1.7 }],
  cosineRestarts: [{ kind: "cosineRestarts", firstCycleEpochs: 3, cycleFactor: 2, finalFactor: 0.05 }],
  cosineRestartsByStep: [{ kind: "cosineRestarts", firstCycleEpochs: 2, cycleFactor: 1 }, 4],
  noam: [{ kind: "noam", warmupSteps: 8 }],
  oneCycle: [{ kind: "oneCycle" }],
  oneCycleLinear: [{ kind: "oneCycle", riseShare: 0.4, linear: true, startDivisor: 10, endDivisor: 100 }],
  slantedTriangular: [{ kind: "slantedTriangular", riseShare: 0.2, ratio: 20 }],
  inverseTime: [{ kind: "inverseTime", decay: 0.5 }, 4],
  inverseTimeByEpoch: [{ kind: "inverseTime", decay: 0.5, staircase: true }, 4],
};

test("every schedule is compared here", () => {
  const kinds = new Set(Object.values(cases).map(([{ kind }]) => kind));
  expect([...kinds]).toEqual(schedules.map(({ kind }) => kind));
  expect(Object.keys(cases)).toEqual(Object.keys(golden.factors));
});

test.each(Object.entries(cases))("%s has the learning rates of the original", (name, [options, stepsPerEpoch]) => {
  let state = initialScheduleState(options);
  golden.factors[name]!.forEach((expected, step) => {
    const factor = learningRateFactor(options, { step, totalSteps: STEPS, stepsPerEpoch }, state);
    // Keras computes in float32.
    expect(Math.abs(factor - expected), `step ${step}`).toBeLessThan(options.kind in float32 ? 1e-6 : 1e-11);
    state = afterEvaluation(options, state, golden.improved[step]!);
  });
});

const float32 = { exponential: true, inverseTime: true };
