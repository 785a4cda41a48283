/** The same share of the learning rate is lost in each epoch, as by PyTorch's `ExponentialLR` and Keras's `ExponentialDecay`. */
import { scalar } from "@cellstate/tensor";
import { defineSchedule } from "./define-schedule.ts";
import { fallFactor, staircase } from "./shared-options.ts";

export const exponential = defineSchedule({
  kind: "exponential",
  description: "falls by the same factor in each epoch",
  options: { factor: fallFactor(0.95), staircase: staircase(true) },
  factor: ({ epochs }, { factor, staircase }) => scalar.pow(factor, staircase ? Math.floor(epochs) : epochs),
});
