/** The activation functions that recurrent layers take as options. */
import { type RnnActivation, relu, tanh } from "@cellstate/tensor";
import {
  type Activation,
  type ActivationFunction,
  isUnbounded,
  resolveActivation,
} from "../activations/activations.ts";
import { warnOnce } from "../warn.ts";

export interface ActivationOptions {
  /**
   * Of the candidate, and of the cell state on its way to the output where there is one: a name or a function. An LSTM with `tanh` or
   * `relu` and a GRU with `tanh` run as one operation; all others go step by step, which is slower. Default `tanh`.
   */
  readonly activation?: Activation | undefined;
  /** Of the gates. Any but the default goes step by step. Default `sigmoid`. */
  readonly recurrentActivation?: Activation | undefined;
}

/**
 * The function of a recurrent layer's option. One without a bound lets states and gradients grow from step to step, which is said
 * once (Pascanu et al. 2013).
 *
 * @param advice  what bounds the states of such a layer, such as `cellClip`
 * @throws {OptionError} if there is no such name
 */
export function recurrentFunction(
  owner: string,
  option: keyof ActivationOptions,
  activation: Activation,
  advice: string,
): ActivationFunction {
  const resolved = resolveActivation(owner, option, activation);
  if (isUnbounded(activation)) {
    warnOnce(
      `${owner}: ${option} ${String(activation)} has no bound, so that states and gradients can grow at every step; ${advice}`,
    );
  }
  return resolved;
}

/** What the ops of whole layers call a function that they have, so that a layer need not go step by step. */
export function fusedActivation(activation: ActivationFunction): RnnActivation | undefined {
  if (activation === tanh) return "tanh";
  return activation === relu ? "relu" : undefined;
}
