/** What an optimizer is: in-place steps over named parameters, with a state that can be saved and restored to the bit. */
import {
  type Gradients,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  type Tensor,
  type TensorData,
} from "@cellstate/tensor";

export interface OptimizerStepOptions {
  /** Size of this step, after the schedule. Default: the learning rate of the optimizer's options. */
  readonly learningRate?: number;
  /** Factor of every gradient, from clipping. Default 1: they stay as they are. */
  readonly gradientScale?: number;
}

const stepOptionNames: OptionNames<OptimizerStepOptions> = { learningRate: true, gradientScale: true };

/** @throws {OptionError} if an option is unknown, missing or not finite: NaN would end in every weight */
export function requireStepOptions(options: Required<OptimizerStepOptions>): void {
  requireKnownOptions("optimizer.step", options, stepOptionNames);
  const { learningRate, gradientScale } = options;
  if (!(learningRate >= 0 && learningRate < Infinity)) {
    throw new OptionError("optimizer.step", "learningRate", "a number >= 0", learningRate);
  }
  if (!Number.isFinite(gradientScale)) {
    throw new OptionError("optimizer.step", "gradientScale", "a finite number", gradientScale);
  }
}

/** All that an optimizer remembers between steps. */
export interface OptimizerState {
  readonly kind: string;
  /** Steps taken by each parameter: one without a gradient sits a step out. */
  readonly steps: Readonly<Record<string, number>>;
  /** Moments by `<moment>/<parameter>`, such as `firstMoment/lstm.weight_ih_l0`. */
  readonly tensors: ReadonlyMap<string, TensorData>;
}

export interface Optimizer {
  /** The learning rate of its options, before the schedule. */
  readonly learningRate: number;
  /** Freezes and thaws groups whose parameters learn from some epoch on; the loop calls it before each epoch, from 1. */
  beginEpoch(epoch: number): void;
  /**
   * Changes every parameter that has a gradient; the others stay as they are, moments included (as in PyTorch).
   *
   * @throws {OptionError} if an option is unknown, or no finite number
   */
  step(gradients: Gradients, options?: OptimizerStepOptions): void;
  /** Averaged weights of the parameters that have taken a step, by name; empty for optimizers that average none. */
  averages(): ReadonlyMap<string, Tensor>;
  /** A copy of the state. */
  state(): OptimizerState;
  /** Replaces the state. @throws {TrainingStateError} if it belongs to another optimizer or model */
  loadState(state: OptimizerState): void;
}
