/**
 * Any mask and any direction over layers that read real steps from each row's start: the real steps move to the start in the order in
 * which they are walked, and outputs go back to their places. Masked steps leave the state as it is, as in Keras.
 */
import { concat, gatherRows, reshape, type Tensor } from "@cellstate/tensor";
import { Mask } from "../../graph/mask.ts";
import type { Value } from "../../graph/value.ts";

export interface Walk {
  /** `[batch, steps, features]`: real steps first. */
  readonly input: Tensor;
  /** Real steps of each row; undefined where all are. */
  readonly lengths: Int32Array | undefined;
  /**
   * Outputs in Keras's places: in the order of time, or of the walk where that goes backwards.
   *
   * @param holds  whether a masked step repeats the output before it (zeros before the first), rather than giving zeros
   */
  restore(output: Tensor, holds: boolean): Tensor;
}

export function walkOf({ tensor, mask }: Value, backwards: boolean): Walk {
  const [batchSize, seqLen, features] = tensor.shape as [number, number, number];
  const isWhole = mask === undefined || mask.isFull;
  if (isWhole && !backwards) return { input: tensor, lengths: undefined, restore: (output) => output };
  const given = mask ?? Mask.where(batchSize, seqLen, () => true);
  if (!backwards && given.isAtStart) {
    const places = placesOf(given, false, seqLen);
    const restore = (output: Tensor, holds: boolean) => (holds ? pick(output, places.held, seqLen) : output);
    return { input: tensor, lengths: given.counts, restore };
  }
  const steps = given.steps(backwards);
  const longest = Math.max(1, ...steps.map(({ length }) => length));
  const sources = new Int32Array(batchSize * longest);
  steps.forEach((row, at) => {
    for (let step = 0; step < longest; step++) sources[at * longest + step] = at * seqLen + (row[step] ?? 0);
  });
  const flat = reshape(tensor, [batchSize * seqLen, features]);
  const places = placesOf(given, backwards, longest);
  return {
    input: reshape(gatherRows(flat, sources), [batchSize, longest, features]),
    lengths: given.counts,
    restore: (output, holds) => pick(output, holds ? places.held : places.zeroed, seqLen),
  };
}

/** For each place in the output, the number of its row among those of the walk; one behind the last stands for zeros. */
function placesOf({ batchSize, seqLen, real }: Mask, backwards: boolean, longest: number) {
  const none = batchSize * longest;
  const held = new Int32Array(batchSize * seqLen).fill(none);
  const zeroed = held.slice();
  for (let row = 0; row < batchSize; row++) {
    let walked = 0;
    for (let place = 0; place < seqLen; place++) {
      const step = backwards ? seqLen - 1 - place : place;
      const isReal = real[row * seqLen + step] === 1;
      if (isReal) walked++;
      const at = row * seqLen + place;
      if (isReal) zeroed[at] = row * longest + walked - 1;
      if (walked > 0) held[at] = row * longest + walked - 1;
    }
  }
  return { held, zeroed };
}

function pick(output: Tensor, places: Int32Array, seqLen: number): Tensor {
  const [batchSize, steps, features] = output.shape as [number, number, number];
  const rows = reshape(output, [batchSize * steps, features]);
  const withZeros = concat([rows, output.session.zeros([1, features])], 0);
  return reshape(gatherRows(withZeros, places), [batchSize, seqLen, features]);
}
