/** The score of one path through each row's chain. */
import { add, gather, gatherRows, reshape, sum, type Tensor, where } from "@cellstate/tensor";
import type { Chain } from "./forward-algorithm.ts";

/**
 * @param tags  `[batch * time]`: the path of each row; on padding any number
 * @returns `[batch]`
 */
export function pathScores(chain: Chain, tags: Int32Array): Tensor {
  const { emissions, lengths, transitions, start, end } = chain;
  const { session, shape } = emissions;
  const [batchSize, seqLen, numTags] = shape as [number, number, number];
  const rows = Array.from(lengths.keys());
  const tagAt = (row: number, time: number) => (time < lengths[row]! ? tags[row * seqLen + time]! : 0);
  const steps = Array.from(tags.keys(), (place) => [Math.floor(place / seqLen), place % seqLen] as const);
  const sumReal = (scores: Tensor, firstTime: number): Tensor => {
    const isReal = Float64Array.from(steps, ([row, time]) => (time >= firstTime && time < lengths[row]! ? 1 : 0));
    return sum(where(session.tensor(isReal, [batchSize, seqLen]), reshape(scores, [batchSize, seqLen]), 0), 1);
  };
  const indices = session.tensor(
    Int32Array.from(steps, ([row, time]) => tagAt(row, time)),
    [batchSize, seqLen, 1],
    {
      dtype: "int32",
    },
  );
  const moves = Int32Array.from(steps, ([row, time]) => {
    return time === 0 ? 0 : tagAt(row, time - 1) * numTags + tagAt(row, time);
  });
  const ofEmissions = sumReal(gather(emissions, 2, indices), 0);
  const ofMoves = sumReal(gatherRows(reshape(transitions, [numTags * numTags]), moves), 1);
  const ofStart = gatherRows(
    start,
    Int32Array.from(rows, (row) => tagAt(row, 0)),
  );
  const ofEnd = gatherRows(
    end,
    Int32Array.from(rows, (row) => tagAt(row, lengths[row]! - 1)),
  );
  return add(add(ofEmissions, ofMoves), add(ofStart, ofEnd));
}
