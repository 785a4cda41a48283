/** Two taggers that look at each word by itself, or at none: the floor that a recurrent one has to rise above. */
import { z } from "zod";
import type { TaggedExample } from "./data.ts";
import type { TagPrediction } from "./predict.ts";
import { UNK_ID } from "./vocabulary.ts";

/** What they know of train: numbers of the model's tags. */
export interface CommonestTags {
  readonly ofAll: number;
  /** By id of the word. */
  readonly ofWord: readonly number[];
}

export function commonestTagsSchema(vocabSize: number, numTags: number): z.ZodType<CommonestTags> {
  const tag = z
    .int()
    .min(0)
    .max(numTags - 1);
  return z.strictObject({ ofAll: tag, ofWord: z.array(tag).length(vocabSize) });
}

/** Counts tags; among equally frequent ones the first is taken. Words that train lacks get the commonest tag of all. */
export async function countTags(
  train: Iterable<TaggedExample> | AsyncIterable<TaggedExample>,
  vocabSize: number,
  numTags: number,
): Promise<CommonestTags> {
  const ofAll = new Array<number>(numTags).fill(0);
  const ofWord = new Map<number, number[]>();
  for await (const { ids, tags = [] } of train) {
    for (const [place, tag] of tags.entries()) {
      const id = ids[place]!;
      const counts = ofWord.get(id) ?? new Array<number>(numTags).fill(0);
      counts[tag]! += 1;
      ofWord.set(id, counts);
      ofAll[tag]! += 1;
    }
  }
  const commonest = commonestOf(ofAll);
  return {
    ofAll: commonest,
    ofWord: Array.from({ length: vocabSize }, (_, id) => {
      const counts = id === UNK_ID ? undefined : ofWord.get(id);
      return counts === undefined ? commonest : commonestOf(counts);
    }),
  };
}

function commonestOf(counts: readonly number[]): number {
  return counts.indexOf(Math.max(...counts));
}

/** `commonestTag`: the tag that train has most at each word; `majority`: one tag everywhere, which of spans is `O`. */
export function baselineModels({ ofAll, ofWord }: CommonestTags) {
  const answer = (tags: readonly number[]): TagPrediction => ({ tags, loss: undefined });
  return {
    commonestTag: ({ ids }: TaggedExample) => answer(ids.map((id) => ofWord[id]!)),
    majority: ({ ids }: TaggedExample) => answer(ids.map(() => ofAll)),
  };
}
