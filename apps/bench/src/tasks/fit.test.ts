import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { measureFit } from "./fit.ts";

test("a step in fit and a bare one are timed side by side", async () => {
  const session = await createSession();
  const { fit, step } = await measureFit(session, { task: "fit", threads: 1, seconds: 0.2 });
  expect(step).toBeGreaterThan(0);
  expect(fit).toBeGreaterThan(0);
  await session.dispose();
});
