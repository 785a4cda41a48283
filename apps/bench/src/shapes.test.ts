import { expect, test } from "vitest";
import { timeStep } from "./time-step.ts";

test("a step of the textbook shape is timed and learns", async () => {
  const few = await timeStep("e", { backend: "auto", threads: 1, seconds: 0 });
  const many = await timeStep("e", { backend: "auto", threads: 1, seconds: 0.5 });
  expect(few.steps).toBe(3);
  expect(many.steps).toBeGreaterThan(3);
  expect(many.ms).toBeGreaterThan(0);
  expect(many.loss).toBeLessThan(few.loss);
});
