/** Mean absolute error of predicted numbers. */
import { differences } from "./differences.ts";
import { defineMetric } from "./metric.ts";

/**
 * Mean distance between prediction and target, in the target's unit.
 *
 * @param targets      true numbers, at least one
 * @param predictions  predicted numbers, as many
 * @throws {RangeError} if the counts differ or there are none
 */
export const meanAbsoluteError = defineMetric(
  {
    name: "meanAbsoluteError",
    direction: "min",
    unit: "target",
    description: "mean distance between prediction and target",
  },
  (targets: ArrayLike<number>, predictions: ArrayLike<number>) => {
    const all = differences("meanAbsoluteError", targets, predictions);
    return all.reduce((sum, difference) => sum + Math.abs(difference), 0) / all.length;
  },
);
