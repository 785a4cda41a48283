import { afterEach, expect, test, vi } from "vitest";
import * as t from "./index.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const MEBIBYTES = 2 ** 18; // elements

test("a loop of steps without scopes is warned once, long before memory ends", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const session = await t.createSession({ backend: "reference" });
  const weight = session.zeros([8 * MEBIBYTES]);
  for (let step = 0; step < 31; step++) t.neg(weight);
  expect(warn).not.toHaveBeenCalled();
  for (let step = 0; step < 5; step++) t.neg(weight);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toMatch(
    /^Session: ops made 256 MiB with no scope open; .* put each step into `using scope = session.scope\(\)`/,
  );
});

test("small steps without scopes are warned of by their number, once", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const session = await t.createSession({ backend: "reference" });
  const weight = session.tensor([1, 2], [2], { requiresGrad: true });
  const step = () => t.backward(t.sum(t.square(weight)));
  for (let count = 0; count < 99; count++) step();
  expect(warn).not.toHaveBeenCalled();
  for (let count = 99; count < 400; count++) step();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toBe(
    "Session: 100 backward passes were made with no scope open; tensors outside a scope stay until the session ends: where a loop makes " +
      "some, put each step into `using scope = session.scope()` or session.tidy(() => ...)",
  );
});

test("answers without scopes are warned of by the number of their tensors", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const session = await t.createSession({ backend: "reference" });
  const weight = session.tensor([1, 2], [2]);
  for (let count = 1; count < 20_000; count++) t.neg(weight);
  expect(warn).not.toHaveBeenCalled();
  for (let count = 0; count < 10; count++) t.neg(weight);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toMatch(/^Session: ops made 20000 tensors with no scope open; .*session\.tidy/);
});

test("nothing is said of steps in scopes, nor of data and parameters", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const session = await t.createSession({ backend: "reference" });
  session.zeros([300 * MEBIBYTES]);
  const weight = session.zeros([8 * MEBIBYTES]);
  for (let step = 0; step < 40; step++) session.tidy(() => void t.neg(weight));
  const small = session.tensor([1, 2], [2], { requiresGrad: true });
  for (let step = 0; step < 400; step++) session.tidy(() => void t.backward(t.sum(t.square(small))));
  expect(warn).not.toHaveBeenCalled();
});
