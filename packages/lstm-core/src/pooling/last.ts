/** Pooling by the final states: what each direction knows when it has read all real steps. */
import {
  concat,
  poolOverTime,
  type RecurrentState,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import type { RecurrentResult } from "../layers/recurrent.ts";
import { type Pooling, type PoolingOptions, poolingOptionNames } from "./pooling.ts";

/**
 * Takes each direction where it ends: a reverse direction has read the whole row at the first step, not at the last one, so
 * that two directions give the pair of final states.
 */
export class LastPooling implements Pooling {
  readonly outputSize: number;
  readonly #directions: 1 | 2;

  constructor(_session: Session, options: PoolingOptions) {
    requireKnownOptions("LastPooling", options, poolingOptionNames);
    const { layers } = options;
    this.outputSize = layers.outputSize;
    this.#directions = layers.directions;
  }

  forward({ output, state }: RecurrentResult<RecurrentState>, lengths: Int32Array): Tensor {
    if (this.#directions === 1) return poolOverTime(output, "last", lengths);
    const [forward, reverse] = state.slice(-2);
    return concat([forward!.hiddenState, reverse!.hiddenState], 1);
  }

  parameters(): Map<string, Tensor> {
    return new Map();
  }
}
