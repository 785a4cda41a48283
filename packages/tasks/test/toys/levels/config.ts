/** The sections of a forecasting experiment, and the only place of their defaults. */
import { recurrentConfig } from "@cellstate/lstm-core/config";
import { z } from "zod";
import { forecastMetrics } from "./metrics.ts";

export const forecastConfig = z.strictObject({
  model: z.strictObject({ encoder: recurrentConfig }).describe("recurrent layers over the past, a linear forecast"),
  metrics: z
    .strictObject({
      select: z
        .enum(forecastMetrics.map(({ name }) => name))
        .default("rootMeanSquaredError")
        .describe("dev metric that chooses the best checkpoint"),
    })
    .describe("how the model is judged")
    .prefault({}),
});
export type ForecastConfig = z.infer<typeof forecastConfig>;
