/** What a pooling is: a module that makes one vector of all steps of a recurrent layer's output. */
import type { OptionNames, RandomStream, RecurrentState, Session, Tensor } from "@cellstate/tensor";
import type { RecurrentModule, RecurrentResult } from "../layers/recurrent-module.ts";
import type { Module, StepContext } from "../module.ts";

/** What a pooling reads of what layers gave. */
export type PoolingInput = Pick<RecurrentResult<RecurrentState>, "output" | "lastOutput">;

export interface Pooling extends Module {
  /** Features of the vector. */
  readonly outputSize: number;
  /**
   * Pools over the real steps of each row; padding never counts.
   *
   * @param result   of the layers that the pooling was built for: `output` is `[batch, time, inputSize]`
   * @param lengths  `[batch]`: real steps of each row; a row of length 0 gives zeros
   * @param step     for poolings that act otherwise in training
   * @returns `[batch, outputSize]`
   */
  forward(result: PoolingInput, lengths: Int32Array, step: StepContext): Tensor;
}

export interface PoolingOptions {
  /** The layers whose output is pooled. */
  readonly layers: Pick<RecurrentModule, "outputSize" | "directions">;
  /** Draws the first weights, where a pooling has any. */
  readonly stream: RandomStream;
}

/** The options of all poolings by name. */
export const poolingOptionNames: OptionNames<PoolingOptions> = { layers: true, stream: true };

export type PoolingConstructor = new (session: Session, options: PoolingOptions) => Pooling;
