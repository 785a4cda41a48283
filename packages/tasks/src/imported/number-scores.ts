/** The scores of numbers. */
import { defineMetric, regressionMetrics } from "@cellstate/training";
import type { Scores } from "../task.ts";

export const squaredError = defineMetric(
  { name: "squaredError", direction: "min", unit: "number", description: "mean squared error of all numbers" },
  (targets: readonly number[], predictions: readonly number[]) => {
    const squares = targets.map((target, index) => (predictions[index]! - target) ** 2);
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  },
);

/** @param predictions  as many as targets, at least one */
export function scoreNumbers(targets: readonly number[], predictions: readonly number[]): Scores {
  return {
    [squaredError.info.name]: squaredError(targets, predictions),
    ...Object.fromEntries(regressionMetrics.map((metric) => [metric.info.name, metric(targets, predictions)])),
  };
}
