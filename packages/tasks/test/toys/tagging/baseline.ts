/** A tagger that looks at each word by itself: the floor that a recurrent one has to rise above. */
import { scalar } from "@cellstate/tensor";
import type { TaggedExample } from "./data.ts";
import { likeliest, type TagPrediction, type TokenPrediction } from "./predict.ts";

/**
 * The commonest tag of each word in train. Its probabilities are the shares of the word's tags with one more of each; words that
 * train lacks, and rare ones, are counted together as the unknown word.
 */
export async function commonestTag(
  train: Iterable<TaggedExample> | AsyncIterable<TaggedExample>,
  { vocabSize, numTags }: { readonly vocabSize: number; readonly numTags: number },
): Promise<(example: TaggedExample) => TagPrediction> {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(numTags).fill(1));
  for await (const { ids, tags = [] } of train)
    for (const [token, tag] of tags.entries()) counts[ids[token]!]![tag]! += 1;
  const predictions: readonly TokenPrediction[] = counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return likeliest(row.map((count) => scalar.log(count / total)));
  });
  return ({ ids }) => ids.map((id) => predictions[id]!);
}
