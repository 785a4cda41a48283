/** From sentences to the tags of their words. */
import { evaluationStep } from "@cellstate/lstm-core";
import { logSoftmax, type Tensor } from "@cellstate/tensor";
import { collateSentences, type TaggedBatch, type TaggedExample } from "./data.ts";
import type { Tagger } from "./model.ts";

/** The answer for one sentence. */
export interface TagPrediction {
  /** The number of the model's tag at each word. */
  readonly tags: readonly number[];
  /** -log p(true tags), nats, the sum over the words; undefined where they are not known or train lacks one. */
  readonly loss: number | undefined;
}

/** The answers to a batch. */
export async function predictTags(model: Tagger, examples: readonly TaggedExample[]): Promise<TagPrediction[]> {
  const batch = collateSentences(examples);
  const emissions = model.emissions(batch, evaluationStep); // [batch, time, numTags]
  return model.crf === undefined
    ? await likeliestTags(emissions, batch, examples)
    : bestPaths(model, emissions, batch, examples);
}

async function likeliestTags(
  emissions: Tensor,
  { ids: { seqLen } }: TaggedBatch,
  examples: readonly TaggedExample[],
): Promise<TagPrediction[]> {
  const logProbs = await logSoftmax(emissions).read();
  const numTags = emissions.shape[2]!;
  return examples.map(({ words, tags }, row) => {
    const ofWord = (time: number) =>
      logProbs.subarray((row * seqLen + time) * numTags, (row * seqLen + time + 1) * numTags);
    return {
      tags: words.map((_, time) => largest(ofWord(time))),
      loss: isKnown(tags) ? tags.reduce((sum, tag, time) => sum - ofWord(time)[tag]!, 0) : undefined,
    };
  });
}

/** Among equals the first. */
function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}

function bestPaths(
  { crf }: Tagger,
  emissions: Tensor,
  { ids: { lengths }, tags }: TaggedBatch,
  examples: readonly TaggedExample[],
): TagPrediction[] {
  const paths = crf!.decode(emissions, lengths);
  const scored = lengths.map((length, row) => (isKnown(examples[row]!.tags) ? length : 0));
  const isScored = scored.some((length) => length > 0);
  const losses = isScored ? crf!.loss(emissions, tags, { lengths: scored, reduction: "none" }).readSync() : scored;
  return paths.map((path, row) => ({
    tags: path.tags,
    loss: isKnown(examples[row]!.tags) ? losses[row]! : undefined,
  }));
}

/** Whether every true tag is one of the model's. */
function isKnown(tags: readonly number[] | undefined): tags is readonly number[] {
  return tags?.every((tag) => tag >= 0) ?? false;
}
