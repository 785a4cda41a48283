/** The sections of a language model's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, recurrentKinds } from "@cellstate/lstm-core/config";
import { z } from "zod";
import { languageMetrics } from "./metrics.ts";

const count = z.int().min(1);

/** Layers in one direction: a model that is to say what comes next must not have read it. */
const forwardLayers = z
  .discriminatedUnion(
    "kind",
    recurrentKinds({
      hiddenSize: count.describe("features of each layer"),
      numLayers: count.default(1).describe("layers on top of each other"),
      dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
    }),
  )
  .describe("recurrent layers");

export const languageConfig = z.strictObject({
  streams: z
    .strictObject({
      bptt: count.default(32).describe("characters of each row in a step, through which gradients flow back"),
    })
    .describe("how the training text is cut: training.batchSize rows that each go on where they ended")
    .prefault({}),
  model: z
    .strictObject({ embedding: embeddingConfig, encoder: forwardLayers })
    .describe("embedding, recurrent layers, a score for each character that may come next"),
  sample: z
    .strictObject({
      texts: count.default(5).describe("texts that the report shows"),
      maxLength: count.default(200).describe("characters of each at most"),
      temperature: z
        .number()
        .positive()
        .default(1)
        .describe("what scores are divided by; below 1 likely characters become likelier"),
      seed: z.int().min(0).default(0).describe("seed of the draws"),
    })
    .describe("texts written by the model")
    .prefault({}),
  metrics: z
    .strictObject({
      select: z
        .enum(languageMetrics.map(({ name }) => name))
        .default("loss")
        .describe("dev metric that chooses the best checkpoint"),
    })
    .describe("how the model is judged")
    .prefault({}),
});
export type LanguageConfig = z.infer<typeof languageConfig>;
