/** From a sequence to one vector: pooling of a recurrent layer's output over its real steps. */
import { concat, poolOverTime, type RecurrentState, type Tensor } from "@cellstate/tensor";
import type { RecurrentResult } from "./layers/recurrent.ts";

export type Pooling = "max" | "mean" | "last";

/**
 * Pools the top layer's output over real steps; a row of length 0 gives zeros.
 *
 * `last` takes each direction where it ends: a reverse direction has read the whole text at the first step, not at the
 * last one, so a bidirectional result is the pair of final states.
 *
 * @param result      of an `Lstm`, `Gru` or `Rnn`
 * @param lengths     `[batch]`
 * @param directions  of that stack
 * @returns `[batch, directions * stateSize]`
 */
export function poolLstm(
  result: RecurrentResult<RecurrentState>,
  kind: Pooling,
  lengths: Int32Array,
  directions: 1 | 2,
): Tensor {
  if (kind !== "last" || directions === 1) return poolOverTime(result.output, kind, lengths);
  const [forward, reverse] = result.state.slice(-2);
  return concat([forward!.hiddenState, reverse!.hiddenState], 1);
}
