/** The share that schedules leave at the end of a run. */
import { number } from "../options.ts";

export const finalFactor = number({
  min: 0,
  max: 1,
  default: 0,
  description: "share of the learning rate that is left at the end",
});
