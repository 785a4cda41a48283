import { expect, test } from "vitest";
import { Steps } from "../src/steps.ts";

test("each step is told in one line, and all of them stand in the table", async () => {
  const lines: string[] = [];
  const steps = new Steps((line) => lines.push(line));
  await steps.run("publish", async () => "9 packages");
  await steps.run("train", async () => "native");
  expect(lines).toEqual([
    expect.stringMatching(/^ok {3}publish: 9 packages \(\d+\.\d s\)$/),
    expect.stringMatching(/^ok {3}train: native \(\d+\.\d s\)$/),
  ]);
  expect(steps.table().split("\n")).toEqual([
    expect.stringMatching(/^publish {2} +\d+\.\d s {2}ok {4}9 packages$/),
    expect.stringMatching(/^train {4} +\d+\.\d s {2}ok {4}native$/),
  ]);
  expect(steps.counts()).toMatchObject({ numTotalTests: 2, numPassedTests: 2, numFailedTests: 0 });
});

test("a step that fails is named, told with its reason, and counted", async () => {
  const lines: string[] = [];
  const steps = new Steps((line) => lines.push(line));
  await steps.run("publish", async () => "9 packages");
  const failing = steps.run("train", async () => {
    throw new Error("expected native, got wasm");
  });
  await expect(failing).rejects.toThrow('release:rehearse: the step "train" failed');
  expect(lines.at(-1)).toMatch(/^FAIL train: expected native, got wasm \(/);
  expect(steps.table()).toMatch(/train .* FAIL {2}expected native, got wasm$/);
  expect(steps.counts()).toMatchObject({ numTotalTests: 2, numPassedTests: 1, numFailedTests: 1 });
});
