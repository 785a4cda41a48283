/** The sections of a tagging experiment, and the only place of their defaults. */
import { embeddingConfig, recurrentConfig } from "@cellstate/lstm-core/config";
import { vectorsConfig } from "@cellstate/tasks";
import { z } from "zod";
import { tagMetrics } from "./metrics.ts";

export const taggingConfig = z.strictObject({
  vocabulary: z
    .strictObject({
      minFrequency: z
        .int()
        .min(1)
        .default(1)
        .describe("rarer words of train are read as the unknown one, which learns from them"),
    })
    .describe("the words that have vectors of their own")
    .prefault({}),
  model: z
    .strictObject({
      embedding: embeddingConfig.extend({ vectors: vectorsConfig.optional() }),
      encoder: recurrentConfig,
    })
    .describe("embedding, recurrent layers, a classifier at each token"),
  metrics: z
    .strictObject({
      select: z
        .enum(tagMetrics.map(({ name }) => name))
        .default("accuracy")
        .describe("dev metric that chooses the best checkpoint"),
    })
    .describe("how the model is judged")
    .prefault({}),
});
export type TaggingConfig = z.infer<typeof taggingConfig>;
