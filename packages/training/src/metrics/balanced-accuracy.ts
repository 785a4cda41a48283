/** Balanced accuracy of a classifier, as scikit-learn's `balanced_accuracy_score` defines it. */
import { type Confusion, countClasses, ratio } from "./confusion.ts";
import { defineMetric } from "./metric.ts";

/** Mean recall, 0..1, over the classes that occur among the targets: a rare class counts as much as a common one; 0 when none does. */
export const balancedAccuracy = defineMetric(
  { name: "balancedAccuracy", direction: "max", unit: "fraction", description: "mean recall of the classes" },
  (confusion: Confusion) => {
    const present = countClasses(confusion).filter(({ support }) => support > 0);
    const total = present.reduce((sum, { right, support }) => sum + right / support, 0);
    return ratio(total, present.length);
  },
);
