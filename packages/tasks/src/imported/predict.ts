/** From texts to probabilities of labels, by a network that another framework trained. */
import type { Model } from "@cellstate/layers";
import { scalar } from "@cellstate/tensor";
import type { TextExample } from "../classify/data.ts";
import { type LabelPrediction, predictionOf } from "../classify/predict.ts";
import type { ImportedConfig } from "./config.ts";
import { fillIds } from "./fill-ids.ts";

/** Answers in the order of the texts. Without a common length each text goes by itself, so that none is padded for another. */
export async function predictImported(
  network: Model<unknown>,
  examples: readonly TextExample[],
  { input, output }: Pick<ImportedConfig, "input" | "output">,
): Promise<LabelPrediction[]> {
  const rows = examples.map(({ ids }) => fillIds(ids, input));
  const batches = input.maxLength === undefined ? rows.map((row) => [row]) : [rows];
  const predictions: LabelPrediction[] = [];
  for (const batch of batches) {
    const outputs = await outputsOf(network, batch);
    predictions.push(...outputs.map((values) => labelPrediction(values, output.scores)));
  }
  return predictions;
}

/** The network's outputs, one list for each row. */
async function outputsOf(network: Model<unknown>, rows: readonly (readonly number[])[]): Promise<number[][]> {
  const length = rows[0]?.length ?? 0;
  network.resetStates();
  const predicted = await network.predict(
    { data: Int32Array.from(rows.flat()), shape: [rows.length, length] },
    { batchSize: rows.length },
  );
  const { data, shape } = predicted as { readonly data: Float32Array; readonly shape: readonly number[] };
  const width = shape[1] ?? 1;
  return rows.map((_, row) => [...data.subarray(row * width, (row + 1) * width)]);
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
