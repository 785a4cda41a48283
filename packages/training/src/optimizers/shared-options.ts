/** Options that several optimizers have. */
import { type FlagOption, flag, type NumberOption, number } from "../options.ts";

export function learningRate(byDefault: number): NumberOption {
  return number({ above: 0, default: byDefault, description: "size of a step before the schedule's factor" });
}

export function epsilon(byDefault: number): NumberOption {
  return number({ above: 0, default: byDefault, description: "added to the denominator, which could be 0 without it" });
}

/** @param place  where Keras adds epsilon, for descriptions */
export function kerasEpsilon(place: string): FlagOption {
  return flag({ default: false, description: `adds epsilon where Keras does: ${place}` });
}

/** Of Adam and AdamW. */
export const meanMemories = {
  beta1: number({
    min: 0,
    below: 1,
    default: 0.9,
    description: "share of the gradient's running mean that each step keeps, 0 <= beta1 < 1",
  }),
  beta2: number({
    min: 0,
    below: 1,
    default: 0.999,
    description: "share of the squared gradient's running mean that each step keeps, 0 <= beta2 < 1",
  }),
};

export const momentum = number({
  min: 0,
  below: 1,
  default: 0,
  description: "share of the last step that is added to the next one, 0 <= momentum < 1",
});

/** Weight decay that joins the gradient and so goes through the moments. */
export const joinedDecay = number({
  min: 0,
  default: 0,
  description: "share of each weight that is added to its gradient (L2 regularization)",
});

/** Weight decay of either kind. */
export const eitherDecay = {
  weightDecay: number({
    min: 0,
    default: 0,
    description:
      "share of each weight that is added to its gradient (L2 regularization), or that decays if decoupledWeightDecay is set",
  }),
  decoupledWeightDecay: flag({
    default: false,
    description: "each step multiplies the weights by 1 - learningRate * weightDecay, as AdamW and Keras do",
  }),
};

/** Of optimizers with a velocity. */
export const kerasMomentum = flag({
  default: false,
  description:
    "sums up steps in the velocity, each with the learning rate of its time, as Keras does; matters where that changes",
});

/** Weight decay that acts on the weights alone. */
export function decoupledDecay(byDefault: number): NumberOption {
  return number({
    min: 0,
    default: byDefault,
    description: "each step multiplies the weights by 1 - learningRate * weightDecay",
  });
}

export const lazy = flag({
  default: false,
  description:
    "leaves alone the embedding rows that a batch does not use: their weights do not decay, their moments do not fade",
});
