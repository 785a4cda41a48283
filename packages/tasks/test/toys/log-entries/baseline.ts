/** A model that sees one character only: the floor that a recurrent one has to rise above. */
import { scalar } from "@cellstate/tensor";
import { z } from "zod";
import { BOUNDARY_ID } from "./alphabet.ts";
import type { TextExample } from "./data.ts";
import { lossOf, type TextLoss } from "./predict.ts";

export const pairCounts = z.array(z.array(z.int().min(1)));
export type PairCounts = z.infer<typeof pairCounts>;

/** How often each character follows each other one in train, with one more of each pair. */
export async function countPairs(
  train: Iterable<TextExample> | AsyncIterable<TextExample>,
  vocabSize: number,
): Promise<PairCounts> {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(1));
  for await (const example of train) for (const [id, next] of pairsOf(example)) counts[id]![next]! += 1;
  return counts;
}

/** The likelihood of each character after the one before it. */
export function characterPairs(counts: PairCounts): (example: TextExample) => TextLoss {
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return (example) => lossOf(pairsOf(example).map(([id, next]) => scalar.log(counts[id]![next]! / totals[id]!)));
}

/** Each id of a text, and the boundary before it, with what follows. */
function pairsOf({ ids }: TextExample): [id: number, next: number][] {
  return [BOUNDARY_ID, ...ids].map((id, place) => [id, ids[place] ?? BOUNDARY_ID]);
}
