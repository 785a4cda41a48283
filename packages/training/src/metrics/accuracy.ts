/** Accuracy of a classifier. */
import { type Confusion, ratio } from "./confusion.ts";
import { defineMetric } from "./metric.ts";

/** Share of right predictions, 0..1; 0 when there are none at all. */
export const accuracy = defineMetric(
  { name: "accuracy", direction: "max", unit: "fraction", description: "share of right predictions" },
  (confusion: Confusion) => {
    let right = 0;
    let all = 0;
    confusion.forEach((row, target) => {
      right += row[target]!;
      for (const count of row) all += count;
    });
    return ratio(right, all);
  },
);
