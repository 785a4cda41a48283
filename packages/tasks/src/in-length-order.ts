/** Prediction in batches of similar length whose answers come back in the given order. */
import { evaluationBatches } from "@cellstate/data";

/**
 * Calls `predictBatch` for neighbours by length, one batch after the other.
 *
 * @param lengths       one for each example: what padding is saved on
 * @param predictBatch  gets indices of examples, returns one answer for each in the same order
 * @returns one answer for each example, in the order of `lengths`
 */
export async function inLengthOrder<Answer>(
  lengths: readonly number[],
  batchSize: number,
  predictBatch: (indices: readonly number[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(lengths.length);
  if (lengths.length === 0) return answers;
  for (const indices of evaluationBatches(lengths, { batchSize })) {
    const batch = await predictBatch(indices);
    indices.forEach((index, row) => {
      answers[index] = batch[row]!;
    });
  }
  return answers;
}
