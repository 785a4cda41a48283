/** A power of the share of the run that is left, as PyTorch's `PolynomialLR`. */
import { scalar } from "@cellstate/tensor";
import { number } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";
import { finalFactor } from "./shared-options.ts";

export const polynomial = defineSchedule({
  kind: "polynomial",
  description: "falls as a power of the share of the run that is left",
  options: {
    power: number({ above: 0, default: 1, description: "exponent; 1 is a line, 2 falls fast at first" }),
    finalFactor,
  },
  factor: ({ progress }, { power, finalFactor }) =>
    finalFactor + (1 - finalFactor) * (progress < 1 ? scalar.pow(1 - progress, power) : 0),
});
