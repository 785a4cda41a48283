/** Two classifiers that know nothing of word order: the floor that an LSTM has to rise above. */
import { scalar } from "@cellstate/tensor";
import type { TextExample } from "./data.ts";
import { type LabelPrediction, predictionOf } from "./predict.ts";

/** Predicts without looking further than an example's ids. */
export type BaselineModel = (example: TextExample) => LabelPrediction;

/** Always the commonest label of train; its probabilities are the shares of the labels. */
export function majorityClass(trainCounts: readonly number[]): BaselineModel {
  const prediction = predictionOf(trainCounts.map((count) => scalar.log(count)));
  return () => prediction;
}

/**
 * Unigram multinomial naive Bayes with add-one smoothing (McCallum & Nigam 1998) on the ids that the LSTM reads too, the
 * unknown token among them.
 *
 * @param vocabSize  ids from 0; id 0 is padding, which no text holds
 */
export async function naiveBayes(
  train: Iterable<TextExample> | AsyncIterable<TextExample>,
  vocabSize: number,
  numClasses: number,
): Promise<BaselineModel> {
  const prior = new Float64Array(numClasses);
  const totals = new Float64Array(numClasses);
  const counts = Array.from({ length: numClasses }, () => new Float64Array(vocabSize));
  for await (const { ids, label } of train) {
    if (label === undefined) continue;
    prior[label]! += 1;
    totals[label]! += ids.length;
    for (const id of ids) counts[label]![id]! += 1;
  }
  const logLikelihood = counts.map((row, label) => {
    const denominator = scalar.log(totals[label]! + vocabSize - 1);
    return row.map((count) => scalar.log(count + 1) - denominator);
  });
  const logPrior = prior.map((count) => scalar.log(count));
  return ({ ids }) =>
    predictionOf(logLikelihood.map((row, label) => ids.reduce((sum, id) => sum + row[id]!, logPrior[label]!)));
}
