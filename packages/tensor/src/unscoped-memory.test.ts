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

test("nothing is said of steps in scopes, nor of data and parameters", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const session = await t.createSession({ backend: "reference" });
  session.zeros([300 * MEBIBYTES]);
  const weight = session.zeros([8 * MEBIBYTES]);
  for (let step = 0; step < 40; step++) session.tidy(() => void t.neg(weight));
  expect(warn).not.toHaveBeenCalled();
});
