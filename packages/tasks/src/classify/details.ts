/** A classifier's scores in depth: precision, recall and F1 of each label, and which labels were taken for which. */
import { classScores } from "@cellstate/training";
import type { EvaluationDetails } from "../task.ts";
import type { TextExample } from "./data.ts";
import { confusionOf, targetsOf } from "./metrics.ts";
import type { LabelPrediction } from "./predict.ts";

/** `values`: `perClass` by label, and the `confusion` matrix, whose rows are the true labels. */
export function detailLabels(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  labels: readonly string[],
): EvaluationDetails {
  const counts = confusionOf(predictions, targetsOf(predictions, examples), labels.length);
  const scores = classScores(counts);
  return {
    values: {
      perClass: Object.fromEntries(scores.map((score, label) => [labels[label]!, score])),
      confusion: { labels, counts },
    },
    sections: [
      {
        kind: "table",
        title: "Scores of each label",
        columns: [
          { title: "label" },
          { title: "precision", isNumber: true },
          { title: "recall", isNumber: true },
          { title: "F1", isNumber: true },
          { title: "examples", isNumber: true },
        ],
        rows: scores.map(({ precision, recall, f1, support }, label) => [
          labels[label]!,
          precision.toFixed(3),
          recall.toFixed(3),
          f1.toFixed(3),
          support,
        ]),
      },
      { kind: "confusion", title: "Confusion", names: labels, counts },
    ],
  };
}
