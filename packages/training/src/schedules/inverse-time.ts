/** Falling with the inverse of time, as Keras's `InverseTimeDecay`. */
import { number } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";
import { staircase } from "./shared-options.ts";

export const inverseTime = defineSchedule({
  kind: "inverseTime",
  description: "falls with the inverse of time",
  options: {
    decay: number({
      min: 0,
      default: 0.5,
      description: "after n epochs the learning rate is divided by 1 + decay * n",
    }),
    staircase: staircase(false),
  },
  factor: ({ epochs }, { decay, staircase }) => 1 / (1 + decay * (staircase ? Math.floor(epochs) : epochs)),
});
