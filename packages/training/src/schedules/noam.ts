/** Falling with the inverse square root of the step (Vaswani et al. 2017, equation 3), scaled so that warm-up ends at 1. */
import { integer } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";

export const noam = defineSchedule({
  kind: "noam",
  description: "falls with the inverse square root of the step, after a warm-up (Vaswani et al. 2017)",
  options: {
    warmupSteps: integer({
      min: 1,
      max: 1_000_000_000,
      default: 4000,
      description: "first steps, over which the learning rate rises linearly to its full size",
    }),
  },
  factor: ({ steps }, { warmupSteps }) => Math.sqrt(warmupSteps / (warmupSteps + steps + 1)),
});
