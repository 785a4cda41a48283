/** A line from the full learning rate to its final share. */
import { defineSchedule } from "./define-schedule.ts";
import { finalFactor } from "./shared-options.ts";

export const linear = defineSchedule({
  kind: "linear",
  description: "falls linearly until the last step",
  options: { finalFactor },
  factor: ({ progress }, { finalFactor }) => finalFactor + (1 - finalFactor) * (1 - progress),
});
