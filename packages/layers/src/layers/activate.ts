/** How layers apply an activation: probabilities keep the scores that they were made of. */
import { type Activation, type ActivationFunction, resolveActivation } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import type { Logits } from "../graph/value.ts";
import { camelCase } from "../names.ts";

/** The function of an option that takes Keras's names in either spelling. @throws {OptionError} naming the nearest */
export function activationOf(owner: string, option: string, activation: Activation): ActivationFunction {
  return resolveActivation(owner, option, plainName(activation));
}

/** A name as the list has it; a function as it is. */
export function plainName(activation: Activation): Activation {
  return typeof activation === "string" ? (camelCase(activation) as Activation) : activation;
}

/** Applies it, and keeps the scores of a sigmoid or softmax. */
export function activated(
  x: Tensor,
  activation: Activation,
  apply: ActivationFunction,
): { tensor: Tensor; logits?: Logits } {
  const tensor = apply(x);
  return activation === "sigmoid" || activation === "softmax"
    ? { tensor, logits: { kind: activation, tensor: x } }
    : { tensor };
}
