/** What a report shows of a classifier: which labels it confuses, where it was wrong and certain, and how much its certainty is worth. */
import type { ReportSection } from "../report-section.ts";
import { calibrationOf, reliabilityDiagram } from "./calibration.ts";
import type { TextExample } from "./data.ts";
import { confusionOf, targetsOf } from "./metrics.ts";
import { type LabelPrediction, probabilitiesOf } from "./predict.ts";

/** Wrong predictions that are shown. */
const SHOWN = 25;

export function reportLabels(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  labels: readonly string[],
  split: string,
): ReportSection[] {
  const counts = confusionOf(predictions, targetsOf(predictions, examples), labels.length);
  return [
    { kind: "confusion", title: `Confusion on ${split}`, names: labels, counts },
    wrongPredictions(predictions, examples, labels, split),
    reliabilityDiagram(calibrationOf(predictions, examples), split),
  ];
}

/** The wrong predictions of which the model was most certain. */
function wrongPredictions(
  predictions: readonly LabelPrediction[],
  examples: readonly TextExample[],
  labels: readonly string[],
  split: string,
): ReportSection {
  const wrong = examples
    .map((example, row) => ({ example, predicted: predictions[row]!.label, probs: probabilitiesOf(predictions[row]!) }))
    .filter(({ example, predicted }) => example.label !== predicted)
    .map(({ example, predicted, probs }) => ({ example, predicted, certainty: Math.max(...probs) }))
    .sort((a, b) => b.certainty - a.certainty);
  return {
    kind: "table",
    title: `Wrong predictions on ${split}`,
    note:
      wrong.length === 0
        ? "None: every prediction is right."
        : `${wrong.length} of ${examples.length} are wrong; the most certain ones first.`,
    columns: [
      { title: "index", isNumber: true },
      { title: "text" },
      { title: "label" },
      { title: "predicted" },
      { title: "probability", isNumber: true },
    ],
    rows: wrong
      .slice(0, SHOWN)
      .map(({ example: { index, text, label }, predicted, certainty }) => [
        index,
        text,
        labels[label!]!,
        labels[predicted]!,
        certainty.toFixed(3),
      ]),
  };
}
