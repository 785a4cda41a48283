import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { shapes } from "../shapes.ts";
import { makeStep, measureStep } from "./step.ts";

test("steps of the textbook shape learn and are timed", async () => {
  const session = await createSession();
  const step = makeStep(session, shapes.e);
  const first = step();
  const { ms, loss } = await measureStep(session, { task: "step", shape: "e", threads: 1, seconds: 0.2 });
  expect(ms).toBeGreaterThan(0);
  expect(loss).toBeLessThan(first);
  await session.dispose();
});
