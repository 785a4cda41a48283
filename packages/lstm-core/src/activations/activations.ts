/** The closed list of activation functions by name, and how an option that takes a name or a function is read. */
import { exp, logSoftmax, relu, sigmoid, softmax, softsign, type Tensor, tanh } from "@cellstate/tensor";
import { notAmong } from "../errors.ts";
import {
  hardShrink,
  hardSigmoid,
  hardSigmoidLegacy,
  hardSwish,
  hardTanh,
  leakyRelu,
  relu6,
  softShrink,
  thresholdedRelu,
} from "./piecewise.ts";
import {
  celu,
  elu,
  gelu,
  geluTanh,
  logSigmoid,
  mish,
  selu,
  softplus,
  squareplus,
  swish,
  tanhShrink,
} from "./smooth.ts";

/** A function of a tensor, most often of each element, to one of the same shape; its gradient follows from its operations. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** The name of a function in the list, or a function of one's own. */
export type Activation = ActivationName | ActivationFunction;

/** Those whose values lie within bounds. Functions with parameters have their defaults here. */
const boundedActivations = {
  tanh,
  sigmoid,
  hardSigmoid,
  hardSigmoidLegacy,
  hardTanh,
  softsign,
  softmax,
  relu6,
} satisfies Readonly<Record<string, ActivationFunction>>;

/** Those that grow without bound, and a state that is fed back to them with them. */
const unboundedActivations = {
  linear: (x: Tensor): Tensor => x,
  relu,
  leakyRelu: (x: Tensor): Tensor => leakyRelu(x),
  thresholdedRelu: (x: Tensor): Tensor => thresholdedRelu(x),
  elu: (x: Tensor): Tensor => elu(x),
  celu: (x: Tensor): Tensor => celu(x),
  selu,
  gelu,
  geluTanh,
  swish,
  silu: swish,
  hardSwish,
  mish,
  softplus,
  squareplus,
  exponential: exp,
  logSoftmax,
  logSigmoid,
  tanhShrink,
  hardShrink: (x: Tensor): Tensor => hardShrink(x),
  softShrink: (x: Tensor): Tensor => softShrink(x),
} satisfies Readonly<Record<string, ActivationFunction>>;

const activations = { ...boundedActivations, ...unboundedActivations };

export type ActivationName = keyof typeof activations;

/** In the order of the lists. */
export const activationNames = Object.keys(activations) as ActivationName[];

/** Whether the values of a named function have no bound; of a function of one's own nothing is known. */
export function isUnbounded(activation: Activation): boolean {
  return typeof activation === "string" && Object.hasOwn(unboundedActivations, activation);
}

/**
 * The function that an option asks for.
 *
 * @param owner   whose option it is, and the option's name, for the message
 * @throws {OptionError} if there is no such name, with all names and the nearest one
 */
export function resolveActivation(owner: string, option: string, activation: Activation): ActivationFunction {
  if (typeof activation === "function") return activation;
  if (!Object.hasOwn(activations, activation)) {
    throw notAmong(owner, option, activation, activationNames, "a function or one of");
  }
  return activations[activation];
}
