import { expect, test } from "vitest";
import { createSession } from "../create-session.ts";
import { measurePeak } from "./peak.ts";

test("the peak of a processor of this century is above a billion operations a second", async () => {
  const session = await createSession({ backend: "wasm" });
  expect(measurePeak(session, 0.02)).toBeGreaterThan(1e9);
  await session.dispose();
});

test("every thread counts its own operations", async () => {
  const [one, two] = [await createSession({ threads: 1 }), await createSession({ threads: 2 })];
  expect(two.backend.multiplyAddChains!(10)).toBe(2 * one.backend.multiplyAddChains!(10));
  await Promise.all([one.dispose(), two.dispose()]);
});

test("the reference has no peak to measure", async () => {
  const session = await createSession({ backend: "reference" });
  expect(() => measurePeak(session)).toThrow(/expected the native or the wasm backend, got reference/);
});
