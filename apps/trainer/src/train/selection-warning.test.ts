import type { MetricInfo } from "@cellstate/training";
import { expect, test } from "vitest";
import type { MetricsLine } from "../run/metrics-log.ts";
import { selectionWarning } from "./selection-warning.ts";

const loss: MetricInfo = { name: "loss", direction: "min", unit: "nats" };
const bleu: MetricInfo = { name: "bleu", direction: "max", unit: "points" };
const plan = { selection: bleu, loss, metrics: [loss, bleu] };
const logOf = (...scores: readonly number[]): MetricsLine[] => [
  { kind: "step", step: 1, loss: 2 },
  ...scores.map((score, step) => ({ kind: "evaluate", step, metrics: { bleu: score, loss: 1 - step / 10 } }) as const),
];

test("a metric that never changed is named, with what decided instead", () => {
  expect(selectionWarning(logOf(0, 0, 0), plan)).toBe(
    "dev bleu was 0.00 in all 3 evaluations and could not choose between them, so the lowest dev loss did; metrics.select names another (loss)",
  );
});

test.each([
  ["it changed", logOf(0, 0, 0.1)],
  ["there was one evaluation", logOf(0)],
  ["there was none", logOf()],
])("nothing is said where %s", (_, log) => {
  expect(selectionWarning(log, plan)).toBeUndefined();
});
