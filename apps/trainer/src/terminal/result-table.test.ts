import type { Fields } from "@cellstate/data";
import { classification, translation } from "@cellstate/tasks";
import { expect, test } from "vitest";
import type { RunResult } from "../run/result.ts";
import { describeResult } from "./result-table.ts";

const result: RunResult = {
  formatVersion: 1,
  name: "tiny",
  task: "tiny",
  dataset: "tiny",
  seed: 1,
  backend: "wasm",
  threads: 1,
  metrics: {},
  baselines: {},
  trainSeconds: 1,
  tokensPerSecond: 100,
  steps: 10,
  epochs: 1,
  parameters: 5,
  modelBytes: 20,
  weightsSha256: "0".repeat(64),
};

test("a finished run is followed by a command that its model can answer", () => {
  const next = (fields: Fields, task = classification) => {
    const described = { task, plan: { metrics: [], fields }, folder: "runs/tiny", hasReport: false };
    return describeResult(result, described).trimEnd().split("\n").at(-1);
  };
  const text = { kind: "text" } as const;
  const label = { kind: "category", target: true } as const;
  expect(next({ text, label })).toBe('next    cellstate predict runs/tiny "..."');
  expect(next({ source: text, target: { ...text, target: true } }, translation)).toBe(
    'next    cellstate translate runs/tiny "..."',
  );
  expect(next({ text, note: { ...text, optional: true }, label })).toBe('next    cellstate predict runs/tiny "..."');
  expect(next({ first: text, second: text, label })).toBe("next    cellstate predict runs/tiny --input <file>");
});
