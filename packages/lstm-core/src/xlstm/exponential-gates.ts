/** The exponential gates of the xLSTM (Beck et al. 2024, arXiv:2405.04517), kept small by a running maximum of their logarithms. */
import { add, exp, log, maximum, minimum, mul, sigmoid, sub, type Tensor } from "@cellstate/tensor";

/** The stabilizer before any input: below every logarithm of a gate, so that the first input decides alone. */
export const NO_INPUT_YET = -1e30;

/** The least forget gate whose logarithm is taken as it is, so that it stays finite. */
export const SMALLEST_GATE = 1e-37;

/** Largest logarithm that a forget gate is raised by: gates below its inverse forget all the same, and gradients stay finite. */
const MOST_RAISED = 60;

export interface ExponentialGates {
  /** `exp(input - stabilizer)`, at most 1. */
  readonly inputGate: Tensor;
  /** `sigmoid(forget) * exp(previous stabilizer - stabilizer)`, at most about 1. */
  readonly forgetGate: Tensor;
  /** `max(log sigmoid(forget) + previous stabilizer, input)` */
  readonly stabilizer: Tensor;
}

/**
 * Input and forget gate of one step, both divided by the exponential of the stabilizer (equations 15 to 17).
 *
 * Outputs do not depend on the stabilizer, which divides numerator and denominator alike; so no gradient passes through it.
 *
 * @param input       pre-activations of the input gate
 * @param forget      those of the forget gate, of the same shape
 * @param stabilizer  that of the step before, of the same shape
 */
export function exponentialGates(input: Tensor, forget: Tensor, stabilizer: Tensor): ExponentialGates {
  const kept = sigmoid(forget);
  const next = input.session.noGrad(() => {
    const raised = maximum(add(log(kept), stabilizer), input);
    return { stabilizer: raised, decay: exp(minimum(sub(stabilizer, raised), MOST_RAISED)) };
  });
  return {
    inputGate: exp(sub(input, next.stabilizer)),
    forgetGate: mul(kept, next.decay),
    stabilizer: next.stabilizer,
  };
}
