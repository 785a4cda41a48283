/** Half cosines one after the other, each from the full learning rate: SGDR (Loshchilov & Hutter 2017). */
import { scalar } from "@cellstate/tensor";
import { integer } from "../options.ts";
import { defineSchedule } from "./define-schedule.ts";
import { finalFactor } from "./shared-options.ts";

export const cosineRestarts = defineSchedule({
  kind: "cosineRestarts",
  description: "falls along half a cosine, starts anew, and so on (SGDR, Loshchilov & Hutter 2017)",
  options: {
    firstCycleEpochs: integer({
      min: 1,
      max: 1_000_000,
      default: 1,
      description: "epochs until it starts anew for the first time (T_0)",
    }),
    cycleFactor: integer({
      min: 1,
      max: 1_000_000,
      default: 2,
      description: "how many times as long as the cycle before it each cycle is (T_mult)",
    }),
    finalFactor: { ...finalFactor, description: "share of the learning rate that is left at the end of a cycle" },
  },
  factor({ epochs }, { firstCycleEpochs, cycleFactor, finalFactor }) {
    const share = shareOfCycle(epochs, firstCycleEpochs, cycleFactor);
    return finalFactor + ((1 - finalFactor) * (1 + scalar.cos(Math.PI * share))) / 2;
  },
});

/** How far the cycle that `epochs` falls into has come, 0 at its start and below 1. */
function shareOfCycle(epochs: number, firstCycle: number, cycleFactor: number): number {
  if (cycleFactor === 1) return (epochs % firstCycle) / firstCycle;
  let [start, length] = [0, firstCycle];
  while (epochs >= start + length) {
    start += length;
    length *= cycleFactor;
  }
  return (epochs - start) / length;
}
