/** A fall every so many epochs, as PyTorch's `StepLR`. */
import { scalar } from "@cellstate/tensor";
import { integer } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";
import { fallFactor } from "./shared-options.ts";

export const step = defineSchedule({
  kind: "step",
  description: "falls every so many epochs",
  options: {
    factor: fallFactor(0.1),
    everyEpochs: integer({ min: 1, max: 1_000_000, default: 10, description: "epochs from one fall to the next" }),
  },
  factor: ({ epochs }, { factor, everyEpochs }) => scalar.pow(factor, Math.floor(epochs / everyEpochs)),
});
