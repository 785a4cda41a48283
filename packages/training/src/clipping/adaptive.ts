/**
 * Adaptive clipping (AGC, Brock et al. 2021, arXiv:2102.06171, section 4.1): a gradient is at most some share of its weights, unit by
 * unit. A unit is a row of a matrix, what leads to one output in PyTorch's layout or the vector of a word; a bias is one unit.
 */
import { div, greater, maximum, mul, reshape, sqrt, square, sum, type Tensor, where } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineClip } from "./define-clip.ts";

export const adaptive = defineClip({
  kind: "adaptive",
  description: "scales down the gradient of each unit that is large beside the unit's weights (AGC, Brock et al. 2021)",
  options: {
    ratio: number({
      above: 0,
      default: 0.01,
      description: "largest norm of a unit's gradient, as a share of the norm of its weights",
    }),
    epsilon: number({
      above: 0,
      default: 1e-3,
      description: "smallest norm that weights are taken to have, so that those at zero can leave it",
    }),
  },
  clip(values, weights, { ratio, epsilon }) {
    const gradient = byUnit(values);
    const lengths = unitNorms(gradient); // [units, 1]
    const limits = mul(maximum(unitNorms(byUnit(weights())), epsilon), ratio);
    const factors = where(greater(lengths, limits), div(limits, maximum(lengths, 1e-6)), 1);
    return reshape(mul(gradient, factors), values.shape);
  },
});

/** `[units, elements of a unit]` */
function byUnit(x: Tensor): Tensor {
  return reshape(x, x.shape.length < 2 ? [1, x.size] : [x.shape[0]!, x.size / x.shape[0]!]);
}

function unitNorms(x: Tensor): Tensor {
  return reshape(sqrt(sum(square(x), 1)), [x.shape[0]!, 1]);
}
