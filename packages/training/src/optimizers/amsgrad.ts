/**
 * The step of Adam and AdamW, by a kernel or as AMSGrad (Reddi et al. 2018): that divides by the largest mean square so far, so
 * that no step grows because large gradients are forgotten. Ops compose it in PyTorch's order.
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
  type Tensor,
} from "@cellstate/tensor";
import { flag } from "../options.ts";
import { kerasEpsilon, lazy } from "./shared-options.ts";
import { descend, eachParameter, moveMoments } from "./shared-steps.ts";

/** Of Adam and AdamW. */
export const amsgradOptions = {
  amsgrad: flag({
    default: false,
    description: "divides by the largest mean square so far instead of the present one (Reddi et al. 2018)",
  }),
  lazy,
  kerasEpsilon: kerasEpsilon("to the root before the correction of its bias (epsilon hat, Kingma & Ba 2015)"),
};

interface Flags {
  readonly amsgrad: boolean;
  readonly lazy: boolean;
  readonly kerasEpsilon: boolean;
}

export function amsgradConflict({ amsgrad, lazy }: Pick<Flags, "amsgrad" | "lazy">) {
  return amsgrad && lazy ? { option: "lazy", message: "lazy does not go with amsgrad" } : undefined;
}

export function adamMoments({ amsgrad }: Pick<Flags, "amsgrad">) {
  return { firstMoment: 0, secondMoment: 0, ...(amsgrad && { largestSecondMoment: 0 }) };
}

/** Where `amsgrad` is set there is a largest mean square. */
type Stepped = AdamParameter & { readonly largestSecondMoment?: Tensor | undefined };

/** One step of all parameters in place. */
export function adamOrAmsgradStep(parameters: readonly Stepped[], options: AdamStepOptions & Flags): void {
  if (!options.amsgrad) {
    adamStep(parameters, { ...options, epsilonHat: options.kerasEpsilon });
    return;
  }
  const { learningRate, gradientScale, beta1, beta2, epsilon, kerasEpsilon, weightDecay, decoupled } = options;
  moveMoments(parameters, { gradientScale, joinedDecay: decoupled ? 0 : weightDecay, beta1, beta2 });
  eachParameter(parameters, (stepped) => {
    const { parameter, step, firstMoment, secondMoment } = stepped;
    const largest = stepped.largestSecondMoment!;
    assign(largest, maximum(largest, secondMoment));
    const [first, second] = [1 - scalar.pow(beta1, step), Math.sqrt(1 - scalar.pow(beta2, step))];
    const [size, correction] = kerasEpsilon ? [(learningRate * second) / first, 1] : [learningRate / first, second];
    const divisor = add(div(sqrt(largest), correction), epsilon);
    if (decoupled) assign(parameter, mul(parameter, 1 - learningRate * weightDecay));
    descend(stepped, div(firstMoment, divisor), size);
  });
}
