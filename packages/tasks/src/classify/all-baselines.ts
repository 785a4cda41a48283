/** The trivial classifiers together: two that count ids, and a linear one, which knows what two words in a row say. */
import type { Examples } from "@cellstate/data";
import type { z } from "zod";
import { type BaselineModel, countIds, type IdCounts, idCountsSchema, majorityClass, naiveBayes } from "./baselines.ts";
import type { FittedClassifier, TextExample } from "./data.ts";
import { type LearnedLinear, learnedLinear, learnLinear, tfidfLogistic } from "./linear/tfidf-logistic.ts";

/**
 * What the baselines know of train: counts of ids, and a linear model. Runs before there was one lack it, and so does a model that has the same
 * one as a part of itself.
 */
export interface LearnedBaselines extends IdCounts {
  readonly linear?: LearnedLinear | undefined;
}

/** What stands beside the baselines. */
interface Known {
  readonly fitted: FittedClassifier;
  /** The linear part of the model, where it has one: the baseline is the same. */
  readonly linear: LearnedLinear | undefined;
}

/** Learns all baselines. */
export async function learnBaselines(
  train: Examples<TextExample>,
  dev: Examples<TextExample> | undefined,
  { fitted: { tokenizer, labels }, linear }: Known,
): Promise<LearnedBaselines> {
  const counts = await countIds(train, tokenizer.vocabSize, labels.length);
  return linear === undefined ? { ...counts, linear: await learnLinear(train, dev, labels.length) } : counts;
}

/** The baselines by name. */
export function baselineModels(
  learned: LearnedBaselines,
  { fitted: { tokenizer, labels, trainCounts }, linear = learned.linear }: Known,
): Readonly<Record<string, BaselineModel>> {
  return {
    majority: majorityClass(trainCounts),
    naiveBayes: naiveBayes(learned, tokenizer.vocabSize),
    ...(linear && { tfidfLogistic: tfidfLogistic(linear, labels.length) }),
  };
}

/** What was learned, as it may stand in a file. */
export function learnedSchema(vocabSize: number, numClasses: number): z.ZodType<LearnedBaselines> {
  return idCountsSchema(vocabSize, numClasses).extend({ linear: learnedLinear(numClasses).optional() });
}
