/** A recurrent layer step by step in small ops, for the options that no fused op has. */
import { linear, reshape, slice, stack, type Tensor, where } from "@cellstate/tensor";
import type { DirectionResult } from "./sequence.ts";
import type { DirectionWeights } from "./weights.ts";

export interface Walk {
  /** `[batch, time, inputSize]` */
  readonly x: Tensor;
  readonly lengths: Int32Array | undefined;
  readonly reverse: boolean;
  readonly weights: DirectionWeights;
  /** `[batch, hiddenSize]` each, the hidden state first. */
  readonly initial: readonly Tensor[];
}

/** One step: the inputs' part of the pre-activations, `[batch, gates * hiddenSize]`, and the states before to those after. */
export type Step = (inputPart: Tensor, states: readonly Tensor[]) => readonly Tensor[];

/** Rows that are over, or have not begun from their end, keep their states and give zeros. */
export function walkSteps({ x, lengths, reverse, weights, initial }: Walk, step: Step): DirectionResult {
  const { session } = x;
  const [batch, time, inputSize] = x.shape as [number, number, number];
  const rows = weights.weightIh.shape[0]!;
  const hiddenSize = weights.weightHh.shape[1]!;
  const projected = linear(reshape(x, [batch * time, inputSize]), weights.weightIh, weights.biasIh);
  const parts = reshape(projected, [batch, time, rows]);
  const outputs = new Array<Tensor>(time);
  let states = initial;
  for (let index = 0; index < time; index++) {
    const at = reverse ? time - 1 - index : index;
    const next = step(reshape(slice(parts, 1, at, at + 1), [batch, rows]), states);
    const isReal = lengths && Array.from(lengths, (length) => Number(at < length));
    if (isReal === undefined || isReal.every((real) => real === 1)) {
      states = next;
      outputs[at] = next[0]!;
    } else {
      const mask = session.tensor(isReal, [batch, 1]);
      states = next.map((state, which) => where(mask, state, states[which]!));
      outputs[at] = where(mask, next[0]!, 0);
    }
  }
  const output = time === 0 ? session.zeros([batch, 0, hiddenSize]) : stack(outputs, 1);
  return { output, states };
}

/** The gates of pre-activations, `[batch, hiddenSize]` each. */
export function gatesOf(x: Tensor, hiddenSize: number): Tensor[] {
  return Array.from({ length: x.shape[1]! / hiddenSize }, (_, gate) =>
    slice(x, 1, gate * hiddenSize, (gate + 1) * hiddenSize),
  );
}
