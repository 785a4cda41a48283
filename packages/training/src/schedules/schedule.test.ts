import fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleConfig } from "../config.ts";
import { TrainingStateError } from "../errors.ts";
import { afterEvaluation, initialScheduleState, learningRateFactor } from "./schedule.ts";
import { type ScheduleOptions, schedules } from "./schedules.ts";

function factors(config: ScheduleOptions, totalSteps: number): number[] {
  const state = initialScheduleState(config);
  return Array.from({ length: totalSteps }, (_, step) => learningRateFactor(config, { step, totalSteps }, state));
}

test("a constant schedule stays at 1, also after a warm-up", () => {
  expect(factors(scheduleConfig.parse({ kind: "constant" }), 4)).toEqual([1, 1, 1, 1]);
  expect(factors(scheduleConfig.parse({ kind: "constant", warmupSteps: 2 }), 4)).toEqual([0.5, 1, 1, 1]);
});

test("a linear schedule rises through the warm-up and falls in a line to its final share", () => {
  expect(factors(scheduleConfig.parse({ kind: "linear", warmupSteps: 2 }), 6)).toEqual([0.5, 1, 1, 0.75, 0.5, 0.25]);
  expect(factors(scheduleConfig.parse({ kind: "linear", finalFactor: 0.5 }), 4)).toEqual([1, 0.875, 0.75, 0.625]);
});

test("a cosine schedule passes its middle at half and ends at its final share", () => {
  const config = scheduleConfig.parse({ kind: "cosine", warmupSteps: 4, finalFactor: 0.2 });
  const at = (step: number) => learningRateFactor(config, { step, totalSteps: 12 }, initialScheduleState(config));
  expect(at(3)).toBe(1);
  expect(at(4)).toBe(1);
  expect(at(8)).toBeCloseTo(0.6, 12);
  expect(at(12)).toBeCloseTo(0.2, 12);
  expect(at(500)).toBeCloseTo(0.2, 12);
});

test("a plateau schedule falls after `patience` evaluations without improvement, down to its minimum", () => {
  const config = scheduleConfig.parse({ kind: "plateau", factor: 0.5, patience: 2, minFactor: 0.3 });
  let state = initialScheduleState(config);
  const improvements = [true, true, false, false, true, false, false, false, false];
  const seen = improvements.map((improved) => {
    state = afterEvaluation(config, state, improved);
    return learningRateFactor(config, { step: 10, totalSteps: 20 }, state);
  });
  expect(seen).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3]);
});

test.each(schedules.map(({ kind }) => kind))("%s without options has the defaults of config files", (kind) => {
  const given = factors({ kind } as ScheduleOptions, 7);
  expect(given).toEqual(factors(scheduleConfig.parse({ kind }), 7));
  expect(given.every(Number.isFinite)).toBe(true);
});

test("a wrong option is refused by name, also from plain JavaScript", () => {
  const start = (options: object) => () => initialScheduleState(options as ScheduleOptions);
  expect(start({ kind: "linear", finalFactor: 2 })).toThrow(TrainingStateError);
  expect(start({ kind: "linear", finalFactor: 2 })).toThrow(
    "linear: expected finalFactor to be a number >= 0 and <= 1, got 2",
  );
  expect(start({ kind: "constant", warmupSteps: 1.5 })).toThrow(
    "constant: expected warmupSteps to be an integer >= 0 and <= 1000000000, got 1.5",
  );
  expect(start({ kind: "multiStep", milestones: [3, 0] })).toThrow(
    "multiStep: expected milestones to be a list of at least one number, each > 0, got [3,0]",
  );
  expect(start({ kind: "multiStep", milestones: [] })).toThrow("got []");
  expect(start({ kind: "constant", warmup: 3 })).toThrow("constant: expected options among warmupSteps, got warmup");
  const kinds = schedules.map(({ kind }) => kind).join(", ");
  expect(start({ kind: "cyclic" })).toThrow(`schedule: expected kind to be one of ${kinds}, got "cyclic"`);
});

test("a schedule of epochs counts them from the end of the warm-up", () => {
  const config = scheduleConfig.parse({ kind: "step", warmupSteps: 3, factor: 0.5, everyEpochs: 2 });
  const at = (step: number) =>
    learningRateFactor(config, { step, totalSteps: 100, stepsPerEpoch: 4 }, initialScheduleState(config));
  expect([0, 2, 3, 10, 11, 18, 19].map(at)).toEqual([1 / 3, 1, 1, 1, 0.5, 0.5, 0.25]);
});

test("a noam schedule warms up to the full learning rate and falls from there", () => {
  const all = factors(scheduleConfig.parse({ kind: "noam", warmupSteps: 5 }), 20);
  expect(all.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(all[19]).toBe(0.5);
});

test.each(["oneCycle", "slantedTriangular"] as const)("%s stays finite and positive in runs of any length", (kind) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (total, riseShare) => {
        for (const factor of factors({ kind, riseShare }, total)) {
          expect(factor).toBeGreaterThan(0);
          expect(factor).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

const anySchedule = fc.oneof(
  fc.record({ kind: fc.constant("constant" as const), warmupSteps: fc.nat(20) }),
  fc.record({
    kind: fc.constantFrom("linear" as const, "cosine" as const),
    warmupSteps: fc.nat(20),
    finalFactor: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

test("every factor lies between 0 and 1, rises through the warm-up and never rises after it", () => {
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 1, max: 60 }), (config, totalSteps) => {
      const all = factors(config, totalSteps + 5);
      all.forEach((factor, step) => {
        expect(factor).toBeGreaterThanOrEqual(0);
        expect(factor).toBeLessThanOrEqual(1);
        if (step === 0) return;
        if (step < config.warmupSteps) expect(factor).toBeGreaterThan(all[step - 1]!);
        else expect(factor).toBeLessThanOrEqual(all[step - 1]! + 1e-15);
      });
    }),
  );
});

test("a state that went through JSON acts like the original", () => {
  const config = scheduleConfig.parse({ kind: "plateau", patience: 2 });
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 12 }), fc.boolean(), (improvements, next) => {
      let state = initialScheduleState(config);
      for (const improved of improvements) state = afterEvaluation(config, state, improved);
      const restored = JSON.parse(JSON.stringify(state)) as typeof state;
      expect(afterEvaluation(config, restored, next).factor).toBe(afterEvaluation(config, state, next).factor);
    }),
  );
});
