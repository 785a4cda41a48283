/** Word dropout (Iyyer et al. 2015): in training some tokens are hidden behind the unknown one. */
import type { PaddedIds, StepContext } from "@cellstate/lstm-core";
import type { RandomStream } from "@cellstate/tensor";

export interface UnkDropoutOptions {
  /** Share of tokens, in `[0, 1)`. */
  readonly rate: number;
  readonly unkId: number;
  /** Asked at (step, example, time), so that neither batch nor padding changes what is hidden. */
  readonly stream: RandomStream;
}

/** A copy of `batch` with tokens replaced; `batch` itself in evaluation. Padding stays padding. */
export function unkDropout(batch: PaddedIds, { rate, unkId, stream }: UnkDropoutOptions, step: StepContext): PaddedIds {
  if (!step.training || rate === 0) return batch;
  const { seqLen, lengths } = batch;
  const ids = batch.ids.slice();
  const limit = rate * 4294967296; // of the 2^32 values of a word
  lengths.forEach((length, row) => {
    for (let time = 0; time < length; time++) {
      if (stream.uint32At(time, step.examples[row]!, step.step) < limit) ids[row * seqLen + time] = unkId;
    }
  });
  return { ...batch, ids };
}
