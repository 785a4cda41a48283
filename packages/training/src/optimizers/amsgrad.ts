/**
 * The step of Adam and AdamW, by a kernel or as AMSGrad (Reddi et al. 2018): that divides by the largest mean square so far, so
 * that no step grows because large gradients are forgotten. Small ops compose it in PyTorch's order.
 */
import {
  type AdamParameter,
  type AdamStepOptions,
  adamStep,
  add,
  assign,
  div,
  maximum,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from "@cellstate/tensor";
import { flag } from "../options.ts";
import { lazy } from "./shared-options.ts";
import { eachParameter, follow, remember } from "./small-ops.ts";

/** Of Adam and AdamW. */
export const amsgradOptions = {
  amsgrad: flag({
    default: false,
    description: "divides by the largest mean square so far instead of the present one (Reddi et al. 2018)",
  }),
  lazy,
};

interface Flags {
  readonly amsgrad: boolean;
  readonly lazy: boolean;
}

export function amsgradConflict({ amsgrad, lazy }: Flags) {
  return amsgrad && lazy ? { option: "lazy", message: "lazy does not go with amsgrad" } : undefined;
}

export function adamMoments({ amsgrad }: Flags) {
  return { firstMoment: 0, secondMoment: 0, ...(amsgrad && { largestSecondMoment: 0 }) };
}

/** Where `amsgrad` is set there is a largest mean square. */
type Stepped = AdamParameter & { readonly largestSecondMoment?: Tensor | undefined };

/** One step of all parameters in place. */
export function adamOrAmsgradStep(parameters: readonly Stepped[], options: AdamStepOptions & Flags): void {
  if (!options.amsgrad) {
    adamStep(parameters, options);
    return;
  }
  const { learningRate, gradientScale, beta1, beta2, epsilon, weightDecay, decoupled } = options;
  const joinedDecay = decoupled ? 0 : weightDecay;
  const kept = decoupled ? 1 - learningRate * weightDecay : 1;
  eachParameter(parameters, { gradientScale, joinedDecay }, (stepped, gradient) => {
    const { parameter, step } = stepped;
    const largest = stepped.largestSecondMoment!;
    const first = follow(stepped.firstMoment, gradient, beta1);
    const second = follow(stepped.secondMoment, square(gradient), beta2);
    remember(largest, maximum(largest, second));
    const divisor = add(div(sqrt(largest), Math.sqrt(1 - scalar.pow(beta2, step))), epsilon);
    const stepSize = learningRate / (1 - scalar.pow(beta1, step));
    assign(parameter, sub(mul(parameter, kept), mul(div(first, divisor), stepSize)));
  });
}
