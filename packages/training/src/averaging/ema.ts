/** The exponential moving average of the weights (Polyak & Juditsky 1992), as PyTorch's `get_ema_avg_fn`. */
import { integer, number } from "../options.ts";
import { defineAveraging } from "./define-averaging.ts";

export const ema = defineAveraging({
  kind: "ema",
  description: "exponential moving average of the weights after each step",
  options: {
    decay: number({
      min: 0,
      below: 1,
      default: 0.999,
      description: "share of the average that each step keeps, 0 <= decay < 1; it spans about 1 / (1 - decay) steps",
    }),
    fromEpoch: integer({ min: 1, max: 1_000_000, default: 1, description: "epoch, from 1, in which it begins" }),
  },
  isDue: ({ epoch }, { fromEpoch }) => epoch >= fromEpoch,
  share: (_, { decay }) => 1 - decay,
});
