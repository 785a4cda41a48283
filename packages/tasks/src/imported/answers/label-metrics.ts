/** The scores of models that give a text any number of labels, as scikit-learn defines them. */
import { type Confusion, classScores, defineMetric, type Metric } from "@cellstate/training";

/** Called with the confusion of each label, 1 where a text has it, and with whether all labels of each text are right. */
type LabelMetric = Metric<[confusions: readonly Confusion[], isExact: readonly boolean[]]>;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const labelMetrics: readonly LabelMetric[] = [
  defineMetric(
    { name: "exactMatch", direction: "max", unit: "fraction", description: "share of texts with all labels right" },
    (_, isExact) => mean(isExact.map(Number)),
  ),
  defineMetric(
    { name: "microF1", direction: "max", unit: "fraction", description: "F1 of all labels of all texts together" },
    (confusions) => {
      const total = (pick: (confusion: Confusion) => number) => confusions.reduce((sum, one) => sum + pick(one), 0);
      const right = total((one) => one[1]![1]!);
      const wrong = total((one) => one[0]![1]! + one[1]![0]!);
      return right + wrong === 0 ? 0 : (2 * right) / (2 * right + wrong);
    },
  ),
  defineMetric(
    { name: "macroF1", direction: "max", unit: "fraction", description: "mean F1 of the labels" },
    (confusions) => mean(confusions.map((confusion) => classScores(confusion)[1]!.f1)),
  ),
];
