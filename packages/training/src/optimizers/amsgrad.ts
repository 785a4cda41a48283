/**
 * What Adam and AdamW have in common: they can divide by the largest mean square so far, so that no step grows because large
 * gradients are forgotten (AMSGrad, Reddi et al. 2018).
 */
import { flag } from "../options.ts";
import { kerasEpsilon, lazy } from "./shared-options.ts";

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
