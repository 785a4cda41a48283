/** A tagger that looks at each word by itself: the floor that a recurrent one has to rise above. */
import { scalar } from "@cellstate/tensor";
import { z } from "zod";
import type { TaggedExample } from "./data.ts";
import { likeliest, type TagPrediction, type TokenPrediction } from "./predict.ts";

export const tagCounts = z.array(z.array(z.int().min(1)));
export type TagCounts = z.infer<typeof tagCounts>;

/** How often each word of train has each tag, with one more of each; words that train lacks, and rare ones, are one. */
export async function countTags(
  train: Iterable<TaggedExample> | AsyncIterable<TaggedExample>,
  { vocabSize, numTags }: { readonly vocabSize: number; readonly numTags: number },
): Promise<TagCounts> {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(numTags).fill(1));
  for await (const { ids, tags = [] } of train)
    for (const [token, tag] of tags.entries()) counts[ids[token]!]![tag]! += 1;
  return counts;
}

/** The commonest tag of each word; its probabilities are the shares of the word's tags. */
export function commonestTag(counts: TagCounts): (example: TaggedExample) => TagPrediction {
  const predictions: readonly TokenPrediction[] = counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return likeliest(row.map((count) => scalar.log(count / total)));
  });
  return ({ ids }) => ids.map((id) => predictions[id]!);
}
