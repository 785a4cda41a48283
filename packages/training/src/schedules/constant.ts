/** The same learning rate throughout. */
import { defineSchedule } from "./define-schedule.ts";

export const constant = defineSchedule({
  kind: "constant",
  description: "the same learning rate throughout",
  options: {},
  factor: () => 1,
});
