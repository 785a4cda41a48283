/** A classifier's scores in depth: precision, recall and F1 of each label, which labels were taken for which, and calibration. */
import { type Calibration, type CalibrationBin, classScores } from "@cellstate/training";
import type { EvaluationDetails } from "../task.ts";
import { calibrationOf } from "./calibration.ts";
import type { TextExample } from "./data.ts";
import { confusionOf, targetsOf } from "./metrics.ts";
import type { LabelPrediction } from "./predict.ts";

/**
 * `values`: `perClass` by label; the `confusion` matrix, whose rows are the true labels; `calibration`, the expected calibration error and the
 * bins that it is the mean of.
 */
export function detailLabels(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  labels: readonly string[],
): EvaluationDetails {
  const counts = confusionOf(predictions, targetsOf(predictions, examples), labels.length);
  const scores = classScores(counts);
  const certainty = calibrationOf(predictions, examples);
  return {
    values: {
      perClass: Object.fromEntries(scores.map((score, label) => [labels[label]!, score])),
      confusion: { labels, counts },
      calibration: certainty,
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
      {
        kind: "table",
        title: "Calibration",
        columns: ["expected calibration error", "mean probability", "right", "examples"].map((title) => ({
          title,
          isNumber: true,
        })),
        rows: [calibrationRow(certainty)],
      },
    ],
  };
}

/** The error, and of all predictions together how certain they are and how many are right. */
function calibrationRow({ expectedCalibrationError, bins }: Calibration): (string | number)[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = (pick: (bin: CalibrationBin) => number) =>
    bins.reduce((sum, bin) => sum + bin.count * pick(bin), 0) / total;
  const shares = [expectedCalibrationError, mean(({ confidence }) => confidence), mean(({ accuracy }) => accuracy)];
  return [...shares.map((share) => share.toFixed(4)), total];
}
