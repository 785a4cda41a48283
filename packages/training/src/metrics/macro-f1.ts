/** Macro F1 of a classifier, as scikit-learn defines it. */
import { type Confusion, countClasses, ratio } from "./confusion.ts";
import { defineMetric } from "./metric.ts";

/** Mean F1, 0..1, over the classes that occur among targets or predictions; 0 when none does. */
export const macroF1 = defineMetric(
  { name: "macroF1", direction: "max", unit: "fraction", description: "mean F1 of the classes" },
  (confusion: Confusion) => {
    const present = countClasses(confusion).filter(({ predicted, support }) => predicted + support > 0);
    const total = present.reduce((sum, { right, predicted, support }) => sum + (2 * right) / (predicted + support), 0);
    return ratio(total, present.length);
  },
);
