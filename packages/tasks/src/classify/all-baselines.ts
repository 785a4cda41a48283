/** The trivial classifiers together: two that count ids, and a linear one, which knows what two words in a row say. */
import type { Examples } from "@cellstate/data";
import type { z } from "zod";
import { type BaselineModel, countIds, type IdCounts, idCountsSchema, majorityClass, naiveBayes } from "./baselines.ts";
import type { TextExample } from "./data.ts";
import { type LearnedLinear, learnedLinear, learnLinear, tfidfLogistic } from "./linear/tfidf-logistic.ts";

/** What the baselines know of train: counts of ids, and a linear model, which runs before there was one lack. */
export interface LearnedBaselines extends IdCounts {
  readonly linear?: LearnedLinear | undefined;
}

/** Learns all baselines. */
export async function learnBaselines(
  train: Examples<TextExample>,
  dev: Examples<TextExample> | undefined,
  vocabSize: number,
  numClasses: number,
): Promise<LearnedBaselines> {
  const counts = await countIds(train, vocabSize, numClasses);
  return { ...counts, linear: await learnLinear(train, dev, numClasses) };
}

/** The baselines by name. */
export function baselineModels(
  learned: LearnedBaselines,
  { vocabSize, trainCounts }: { readonly vocabSize: number; readonly trainCounts: readonly number[] },
): Readonly<Record<string, BaselineModel>> {
  const { linear } = learned;
  return {
    majority: majorityClass(trainCounts),
    naiveBayes: naiveBayes(learned, vocabSize),
    ...(linear && { tfidfLogistic: tfidfLogistic(linear, trainCounts.length) }),
  };
}

/** What was learned, as it may stand in a file. */
export function learnedSchema(vocabSize: number, numClasses: number): z.ZodType<LearnedBaselines> {
  return idCountsSchema(vocabSize, numClasses).extend({ linear: learnedLinear(numClasses).optional() });
}
