/** A model that sees one character only: the floor that a recurrent one has to rise above. */
import { scalar } from "@cellstate/tensor";
import { BOUNDARY_ID } from "./alphabet.ts";
import type { TextExample } from "./data.ts";
import { lossOf, type TextLoss } from "./predict.ts";

/** How often each character follows each other one in train, with one more of each pair. */
export async function characterPairs(
  train: Iterable<TextExample> | AsyncIterable<TextExample>,
  vocabSize: number,
): Promise<(example: TextExample) => TextLoss> {
  const counts = Array.from({ length: vocabSize }, () => new Float64Array(vocabSize).fill(1));
  for await (const example of train) for (const [id, next] of pairsOf(example)) counts[id]![next]! += 1;
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return (example) => lossOf(pairsOf(example).map(([id, next]) => scalar.log(counts[id]![next]! / totals[id]!)));
}

/** Each id of a text, and the boundary before it, with what follows. */
function pairsOf({ ids }: TextExample): [id: number, next: number][] {
  return [BOUNDARY_ID, ...ids].map((id, place) => [id, ids[place] ?? BOUNDARY_ID]);
}
