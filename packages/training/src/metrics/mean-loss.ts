/** The loss of a whole split. */
import { defineMetric } from "./metric.ts";

/**
 * Mean loss over all targets, nats.
 *
 * @param losses  mean loss of each example
 * @param counts  targets that each of these means runs over, such as the tokens of a text. Default 1 each
 * @throws {RangeError} if there are no targets, or not as many counts as losses
 */
export const meanLoss = defineMetric(
  { name: "loss", direction: "min", unit: "nats", description: "mean loss of the targets" },
  (losses: ArrayLike<number>, counts?: ArrayLike<number>) => {
    if (counts !== undefined && counts.length !== losses.length) {
      throw new RangeError(`meanLoss: expected as many counts as losses (${losses.length}), got ${counts.length}`);
    }
    let sum = 0;
    let count = 0;
    for (let i = 0; i < losses.length; i++) {
      const targets = counts?.[i] ?? 1;
      sum += losses[i]! * targets;
      count += targets;
    }
    if (count === 0) throw new RangeError("meanLoss: expected at least one target, got none");
    return sum / count;
  },
);
