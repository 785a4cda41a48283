/** What an optimizer is: in-place steps over named parameters, with a state that can be saved and restored to the bit. */
import type { Gradients, Tensor, TensorData } from "@cellstate/tensor";

export interface OptimizerStepOptions {
  /** Size of this step, after the schedule. */
  readonly learningRate: number;
  /** Factor of every gradient, from clipping; 1 leaves them. */
  readonly gradientScale: number;
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
  /** Changes every parameter that has a gradient; the others stay as they are, moments included (as in PyTorch). */
  step(gradients: Gradients, options: OptimizerStepOptions): void;
  /** Averaged weights of the parameters that have taken a step, by name; empty for optimizers that average none. */
  averages(): ReadonlyMap<string, Tensor>;
  /** A copy of the state. */
  state(): OptimizerState;
  /** Replaces the state. @throws {TrainingStateError} if it belongs to another optimizer or model */
  loadState(state: OptimizerState): void;
}
