/** Two classifiers that know nothing of word order: the floor that an LSTM has to rise above. */
import { scalar } from "@cellstate/tensor";
import { z } from "zod";
import type { TextExample } from "./data.ts";
import { type LabelPrediction, predictionOf } from "./predict.ts";

/** Predicts without looking further than an example's ids. */
export type BaselineModel = (example: TextExample) => LabelPrediction;

/** Always the commonest label of train; its probabilities are the shares of the labels. */
export function majorityClass(trainCounts: readonly number[]): BaselineModel {
  const prediction = predictionOf(trainCounts.map((count) => scalar.log(count)));
  return () => prediction;
}

/** How often each id stands in the texts of each class: all that naive Bayes knows. */
export interface IdCounts {
  /** Texts of each class. */
  readonly texts: readonly number[];
  /** Of each class: an id, its count, the next id, its count ...; ids that do not occur are left out. */
  readonly ids: readonly (readonly number[])[];
}

/** Counts as they may stand in a file. */
export function idCountsSchema(vocabSize: number, numClasses: number) {
  const count = z.int().min(0);
  const pairs = z
    .array(count)
    .refine(
      (numbers) => numbers.length % 2 === 0 && numbers.every((id, at) => at % 2 === 1 || id < vocabSize),
      `expected ids below ${vocabSize}, each with its count`,
    );
  return z.strictObject({
    texts: z.array(count).length(numClasses),
    ids: z.array(pairs).length(numClasses),
  });
}

/** Counts the ids of texts with a label. */
export async function countIds(
  train: Iterable<TextExample> | AsyncIterable<TextExample>,
  vocabSize: number,
  numClasses: number,
): Promise<IdCounts> {
  const texts = new Array<number>(numClasses).fill(0);
  const counts = Array.from({ length: numClasses }, () => new Uint32Array(vocabSize));
  for await (const { ids, label } of train) {
    if (label === undefined) continue;
    texts[label]! += 1;
    for (const id of ids) counts[label]![id]! += 1;
  }
  return { texts, ids: counts.map(pairsOf) };
}

function pairsOf(counts: Uint32Array): number[] {
  const pairs: number[] = [];
  for (const [id, count] of counts.entries()) if (count > 0) pairs.push(id, count);
  return pairs;
}

/**
 * Unigram multinomial naive Bayes with add-one smoothing (McCallum & Nigam 1998) on the ids that the LSTM reads too, the
 * unknown token among them.
 *
 * @param vocabSize  ids from 0; id 0 is padding, which no text holds
 */
export function naiveBayes({ texts, ids }: IdCounts, vocabSize: number): BaselineModel {
  const logLikelihood = ids.map((pairs) => {
    const counts = new Float64Array(vocabSize);
    for (let at = 0; at < pairs.length; at += 2) counts[pairs[at]!] = pairs[at + 1]!;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const denominator = scalar.log(total + vocabSize - 1);
    return counts.map((count) => scalar.log(count + 1) - denominator);
  });
  const logPrior = texts.map((count) => scalar.log(count));
  return (example) =>
    predictionOf(logLikelihood.map((row, label) => example.ids.reduce((sum, id) => sum + row[id]!, logPrior[label]!)));
}
