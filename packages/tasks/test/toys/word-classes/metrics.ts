/** The scores of a tagger: every token counts once, whatever its sentence. */
import type { Scores } from "@cellstate/tasks";
import { accuracy, type Confusion, confusionMatrix, meanLoss } from "@cellstate/training";
import type { TaggedExample } from "./data.ts";
import type { TagPrediction } from "./predict.ts";

/** What a tagger is scored by. */
export const tagMetrics = [meanLoss.info, accuracy.info];

/** @throws {RangeError} unless every example has tags, and there is at least one token */
export function scoreTags(
  predictions: readonly TagPrediction[],
  examples: readonly TaggedExample[],
  numTags: number,
): Scores {
  const targets = examples.flatMap(tagsOf);
  const losses = predictions.flat().map(({ logProbs }, token) => -logProbs[targets[token]!]!);
  return { loss: meanLoss(losses), accuracy: accuracy(confusionOf(predictions, examples, numTags)) };
}

/** How often each tag was taken for each other one. */
export function confusionOf(
  predictions: readonly TagPrediction[],
  examples: readonly TaggedExample[],
  numTags: number,
): Confusion {
  return confusionMatrix(
    examples.flatMap(tagsOf),
    predictions.flat().map(({ tag }) => tag),
    numTags,
  );
}

/** The class numbers of an example that must have them. @throws {RangeError} otherwise */
export function tagsOf({ index, tags }: TaggedExample): readonly number[] {
  if (tags === undefined) throw new RangeError(`metrics: expected examples with tags, example ${index} has none`);
  return tags;
}
