/** A fall after each of some epochs, as PyTorch's `MultiStepLR`. */
import { scalar } from "@cellstate/tensor";
import { numbers } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";
import { fallFactor } from "./shared-options.ts";

export const multiStep = defineSchedule({
  kind: "multiStep",
  description: "falls after each of some epochs",
  options: {
    factor: fallFactor(0.1),
    milestones: numbers({
      above: 0,
      default: [5, 8],
      description: "epochs after which it falls; one that stands twice counts twice",
    }),
  },
  factor: ({ epochs }, { factor, milestones }) =>
    scalar.pow(factor, milestones.filter((milestone) => milestone <= epochs).length),
});
