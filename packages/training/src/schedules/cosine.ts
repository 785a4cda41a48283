/** Half a cosine from the full learning rate to its final share (Loshchilov & Hutter 2017). */
import { scalar } from "@cellstate/tensor";
import { defineSchedule } from "./define-schedule.ts";
import { finalFactor } from "./shared-options.ts";

export const cosine = defineSchedule({
  kind: "cosine",
  description: "falls along half a cosine until the last step (Loshchilov & Hutter 2017)",
  options: { finalFactor },
  factor: ({ progress }, { finalFactor }) =>
    finalFactor + ((1 - finalFactor) * (1 + scalar.cos(Math.PI * progress))) / 2,
});
