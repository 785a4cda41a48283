/** A classifier's answer as a saved line of predictions, and back. */
import { scalar } from "@cellstate/tensor";
import { z } from "zod";
import type { PredictionLine } from "../task.ts";
import type { TextExample } from "./data.ts";
import { type LabelPrediction, probabilitiesOf } from "./predict.ts";

const savedLine = z.looseObject({
  index: z.int().min(0),
  label: z.string(),
  prediction: z.string(),
  probs: z.record(z.string(), z.number()),
});

/** What `predictions/` holds of an answer; without the label where it is not known. */
export function labelLine(
  prediction: LabelPrediction,
  { index, text, label }: TextExample,
  labels: readonly string[],
): PredictionLine {
  return {
    index,
    text,
    ...(label === undefined ? {} : { label: labels[label]! }),
    prediction: labels[prediction.label]!,
    probs: Object.fromEntries(probabilitiesOf(prediction).map((prob, number) => [labels[number]!, prob])),
  };
}

/**
 * The answer and the example's label; its text and ids are left out.
 *
 * @throws {RangeError} if the line lacks something, or names another label than `labels` has
 */
export function readLabelLine(
  line: PredictionLine,
  labels: readonly string[],
): { readonly prediction: LabelPrediction; readonly example: TextExample } {
  const { data } = savedLine.safeParse(line);
  if (data === undefined) throw new RangeError("predictions: expected index, label, prediction and probs in each line");
  const { index, label, prediction, probs } = data;
  const number = (name: string) => {
    const found = labels.indexOf(name);
    if (found < 0) throw new RangeError(`predictions: the model has no label ${JSON.stringify(name)} (index ${index})`);
    return found;
  };
  return {
    prediction: { label: number(prediction), logProbs: labels.map((name) => scalar.log(probs[name] ?? 0)) },
    example: { index, text: "", ids: [], label: number(label) },
  };
}
