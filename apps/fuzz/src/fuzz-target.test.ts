/** A target that misbehaves in every way that there is: each is found, made small, and the rest goes on. */
import { beforeAll, describe, expect, test } from "vitest";
import { fuzzTarget, type TargetReport } from "./fuzz-target.ts";
import { misbehaving } from "./targets/misbehaving.ts";
import { safetensors } from "./targets/safetensors.ts";

const options = { seed: 0, inputs: 11, seconds: 1000, guided: false, patienceMs: 30_000 };

describe("a target that misbehaves", { timeout: 600_000 }, () => {
  let report: TargetReport;
  beforeAll(async () => {
    report = await fuzzTarget(misbehaving, options);
  }, 600_000);

  test.each([
    ["an error that is not typed", "untyped", "is not a function"],
    ["an answer that contradicts itself", "contradiction", "two answers"],
    ["too much time", "slow", " ms"],
    ["a key that all objects get", "pollution", "polluted"],
    ["a promise that nobody waits for", "rejection", "nobody waits"],
    ["a process that ends", "crash", "code 3"],
    ["too much memory", "memory", "MiB more at the peak"],
    ["a promise that never settles", "hang", "no answer"],
  ])("%s is a finding", (_, kind, message) => {
    const found = report.findings.find((finding) => finding.kind === kind);
    expect(found?.message ?? kind).toContain(message);
  });

  test("typed refusals and accepted inputs are counted, and every input is run", () => {
    expect(report).toMatchObject({ inputs: 11, accepted: 1, refused: { DataFileError: 2 } });
  });
});

test("guided by coverage, inputs that reach new code are kept", { timeout: 600_000 }, async () => {
  const { inputs, kept, findings } = await fuzzTarget(safetensors, { ...options, inputs: 200, guided: true });
  expect(findings).toEqual([]);
  expect(inputs).toBe(200);
  expect(kept).toBeGreaterThan(3);
  expect(kept).toBeLessThan(100);
});
