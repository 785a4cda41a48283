/** Root mean squared error of predicted numbers. */
import { differences } from "./differences.ts";
import { defineMetric } from "./metric.ts";

/**
 * Root of the mean square of the distance between prediction and target, in the target's unit; large misses weigh more than in
 * the mean absolute error, which it is never below.
 *
 * @param targets      true numbers, at least one
 * @param predictions  predicted numbers, as many
 * @throws {RangeError} if the counts differ or there are none
 */
export const rootMeanSquaredError = defineMetric(
  {
    name: "rootMeanSquaredError",
    direction: "min",
    unit: "target",
    description: "root of the mean squared distance between prediction and target",
  },
  (targets: ArrayLike<number>, predictions: ArrayLike<number>) => {
    const all = differences("rootMeanSquaredError", targets, predictions);
    return Math.sqrt(all.reduce((sum, difference) => sum + difference * difference, 0) / all.length);
  },
);
