/** From texts to probabilities of labels, by a network that another framework trained. */
import { scalar } from "@cellstate/tensor";
import type { TextExample } from "../classify/data.ts";
import { type LabelPrediction, predictionOf } from "../classify/predict.ts";
import type { ImportedConfig } from "./config.ts";
import { type FilledRow, fillRow } from "./fill-ids.ts";

/** What a network gives for rows of ids of one length: its outputs, one list for each row. */
export type RunRows = (rows: readonly FilledRow[]) => Promise<readonly (readonly number[])[]>;

/** Answers in the order of the texts. Without a common length each text goes by itself, so that none is padded for another. */
export async function predictImported(
  run: RunRows,
  examples: readonly TextExample[],
  { input, output }: Pick<ImportedConfig, "input" | "output">,
): Promise<LabelPrediction[]> {
  const rows = examples.map(({ ids }) => fillRow(ids, input));
  const batches = input.maxLength === undefined ? rows.map((row) => [row]) : [rows];
  const predictions: LabelPrediction[] = [];
  for (const batch of batches) {
    const outputs = await run(batch);
    predictions.push(...outputs.map((values) => labelPrediction(values, output.scores)));
  }
  return predictions;
}

/** As small as Keras's cross-entropy takes a probability to be: a float32 can be 0, whose logarithm is not finite. */
const LEAST = 1e-7;

/**
 * One output stands for the second of two labels.
 *
 * Probabilities stay as the network gives them: those of several sigmoids need not sum to 1.
 */
function labelPrediction(values: readonly number[], scores: "probabilities" | "logits"): LabelPrediction {
  const [only] = values as [number];
  if (scores === "logits") return predictionOf(values.length === 1 ? [0, only] : values);
  const probs = values.length === 1 ? [1 - only, only] : values;
  return { label: probs.indexOf(Math.max(...probs)), logProbs: probs.map((prob) => scalar.log(Math.max(prob, LEAST))) };
}
