/** Clipping of each element, as PyTorch's `clip_grad_value_` and Keras's `clipvalue`. */
import { clamp } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineClip } from "./define-clip.ts";

export const value = defineClip({
  kind: "value",
  description: "moves every element of a gradient into [-limit, limit]",
  options: { limit: number({ above: 0, default: 0.5, description: "largest size of an element" }) },
  clip: (values, _, { limit }) => clamp(values, -limit, limit),
});
