/** Stochastic weight averaging (Izmailov et al. 2018): the mean of the weights at the ends of epochs. */
import { integer } from "../options.ts";
import { defineAveraging } from "./define-averaging.ts";

export const swa = defineAveraging({
  kind: "swa",
  description: "mean of the weights at the ends of epochs (stochastic weight averaging, Izmailov et al. 2018)",
  options: {
    fromEpoch: integer({
      min: 1,
      max: 1_000_000,
      default: 1,
      description: "first epoch, from 1, whose weights count; the paper begins at three quarters of the run",
    }),
  },
  isDue: ({ epoch, epochEnded }, { fromEpoch }) => epochEnded && epoch >= fromEpoch,
  share: (updates) => 1 / (updates + 1),
});
