/** One rise and one longer fall, far below the start (Smith & Topin 2018), as PyTorch's `OneCycleLR` in two phases. */
import { scalar } from "@cellstate/tensor";
import { flag, number } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";

export const oneCycle = defineSchedule({
  kind: "oneCycle",
  description: "rises to the full learning rate and falls far below its start (Smith & Topin 2018)",
  options: {
    riseShare: number({
      min: 0,
      max: 1,
      default: 0.3,
      description: "share of the run over which it rises (pct_start)",
    }),
    startDivisor: number({
      min: 1,
      default: 25,
      description: "the first step has the learning rate divided by this (div_factor)",
    }),
    endDivisor: number({
      min: 1,
      default: 1e4,
      description: "the last step has that of the first divided by this (final_div_factor)",
    }),
    linear: flag({ default: false, description: "rises and falls in lines instead of half cosines" }),
  },
  factor({ steps, length }, { riseShare, startDivisor, endDivisor, linear }) {
    const between = linear ? alongLine : alongCosine;
    const peak = riseShare * length - 1;
    const last = length - 1;
    const start = 1 / startDivisor;
    if (steps <= peak) return between(start, 1, steps / peak);
    return steps < last ? between(1, start / endDivisor, (steps - peak) / (last - peak)) : start / endDivisor;
  },
});

function alongLine(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function alongCosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + scalar.cos(Math.PI * share));
}
