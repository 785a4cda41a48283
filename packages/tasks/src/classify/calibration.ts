/** What a report shows of a classifier's certainty: a reliability diagram with its expected calibration error. */
import { type Calibration, calibration } from "@cellstate/training";
import type { CurvesSection } from "../report-section.ts";
import type { TextExample } from "./data.ts";
import { targetsOf } from "./metrics.ts";
import { type LabelPrediction, probabilitiesOf } from "./predict.ts";

export function calibrationOf(predictions: readonly LabelPrediction[], examples: readonly TextExample[]): Calibration {
  const targets = targetsOf(predictions, examples);
  return calibration(
    predictions.map((prediction) => Math.min(1, probabilitiesOf(prediction)[prediction.label]!)),
    predictions.map(({ label }, index) => label === targets[index]),
  );
}

export function reliabilityDiagram({ expectedCalibrationError, bins }: Calibration, split: string): CurvesSection {
  return {
    kind: "curves",
    title: `Calibration on ${split}`,
    note: `Expected calibration error ${expectedCalibrationError.toFixed(4)}, over 15 bins by the probability of the prediction. Where the share of right ones is below the line, the model is too certain; where it is above, not certain enough.`,
    xLabel: "probability of the prediction",
    series: [
      {
        name: "share right",
        isMarked: true,
        points: bins.map(({ confidence, accuracy }) => ({ x: confidence, y: accuracy })),
      },
      {
        name: "as certain as right",
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
    ],
  };
}
