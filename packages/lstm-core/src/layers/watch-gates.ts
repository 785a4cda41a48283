/**
 * Gates of fused layers, worked out afterwards: the hidden state before each step is known from the output, so all steps are two products.
 */
import { concat, type RecurrentState, slice, type Tensor } from "@cellstate/tensor";
import type { GateWatch } from "../module.ts";
import type { RecurrentKind } from "./recurrent-kind.ts";

interface WatchedLayer<Weights, State extends RecurrentState> {
  readonly kind: RecurrentKind<Weights, State>;
  readonly directions: readonly { readonly weights: Weights; readonly reverse: boolean }[];
  /** `[batch, time, inputSize]` */
  readonly input: Tensor;
  /** `[batch, time, directions * stateSize]`, zeros on padding. */
  readonly output: Tensor;
  readonly lengths: Int32Array | undefined;
}

/** Shows the gates of a layer that began with states of zeros, if its kind can tell them. */
export function watchGates<Weights, State extends RecurrentState>(
  watch: GateWatch,
  { kind, directions, input, output, lengths }: WatchedLayer<Weights, State>,
): void {
  for (const [index, { weights, reverse }] of directions.entries()) {
    const own = slice(output, 2, index * kind.stateSize, (index + 1) * kind.stateSize);
    const gates = kind.gates?.(weights, input, statesBefore(own, reverse));
    if (gates !== undefined) watch.see({ ...gates, lengths });
  }
}

/** The hidden state before each step: that of the step before it, or after it where time runs backwards; zeros at the start. */
function statesBefore(output: Tensor, reverse: boolean): Tensor {
  const [batchSize, seqLen, size] = output.shape as [number, number, number];
  const start = output.session.zeros([batchSize, 1, size]);
  return reverse
    ? concat([slice(output, 1, 1, seqLen), start], 1)
    : concat([start, slice(output, 1, 0, seqLen - 1)], 1);
}
