/** A short rise and a long fall, both in lines: for fine-tuning (ULMFiT, Howard & Ruder 2018, equation 3). */
import { number } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";

export const slantedTriangular = defineSchedule({
  kind: "slantedTriangular",
  description: "rises fast and falls slowly, both in lines: for fine-tuning (ULMFiT, Howard & Ruder 2018)",
  options: {
    riseShare: number({
      above: 0,
      below: 1,
      default: 0.1,
      description: "share of the run over which it rises (cut_frac)",
    }),
    ratio: number({
      min: 1,
      default: 32,
      description: "how many times as large the full learning rate is as the smallest",
    }),
  },
  factor({ steps, length }, { riseShare, ratio }) {
    const peak = Math.floor(length * riseShare);
    const fall = peak > 0 ? peak * (1 / riseShare - 1) : length;
    const height = steps < peak ? steps / peak : Math.max(0, 1 - (steps - peak) / fall);
    return (1 + height * (ratio - 1)) / ratio;
  },
});
