/** Clipping by the norm of each parameter's gradient, as Keras's `clipnorm`. */
import { mul, sumOfSquares } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineClip } from "./define-clip.ts";

export const norm = defineClip({
  kind: "norm",
  description: "scales down each parameter's gradient whose own norm is larger than the limit",
  options: { limit: number({ above: 0, default: 1, description: "largest norm of a parameter's gradient" }) },
  clip(values, _, { limit }) {
    const length = Math.sqrt(sumOfSquares({ kind: "dense", values }));
    return length > limit ? mul(values, limit / length) : values;
  },
});
