/** The sections of a text classifier's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, poolingConfig, recurrentConfig } from "@cellstate/lstm-core/config";
import { tokenizerSectionConfig } from "@cellstate/tokenizers/config";
import { accuracy, classificationMetrics, macroF1, meanLoss } from "@cellstate/training";
import { z } from "zod";
import { vectorsConfig } from "../vectors/config.ts";

const classifierEmbeddingConfig = z
  .discriminatedUnion("kind", [
    embeddingConfig
      .extend({
        kind: z.literal("table").default("table").describe("a vector for each token"),
        vectors: vectorsConfig.optional(),
      })
      .describe("a vector for each token"),
    embeddingConfig
      .extend({
        kind: z
          .literal("hash-ngrams")
          .describe(
            "the sum of the vectors of a token's character n-grams, which tokens share (Bojanowski et al. 2017)",
          ),
        buckets: z
          .int()
          .min(1)
          .max(10_000_000)
          .default(50_000)
          .describe("vectors that all n-grams share, each taken by its hash"),
        minLength: z
          .int()
          .min(1)
          .max(100)
          .default(3)
          .describe("characters of the shortest n-gram, the word's ends counted"),
        maxLength: z.int().min(1).max(100).default(6).describe("characters of the longest n-gram"),
      })
      .refine(({ minLength, maxLength }) => minLength <= maxLength, {
        path: ["minLength"],
        message: "must be at most maxLength",
      })
      .describe("vectors of character n-grams"),
  ])
  .describe("token vectors");

const classifierModelConfig = z
  .strictObject({
    embedding: classifierEmbeddingConfig,
    encoder: recurrentConfig,
    pooling: poolingConfig.default("max"),
    dropout: dropoutRate.default(0).describe("share of the pooled features dropped before the classifier in training"),
    unkDropout: dropoutRate
      .default(0)
      .describe("share of tokens replaced by the unknown token in training, so that the model learns to do without"),
  })
  .describe("embedding, recurrent layers, pooling over time, classifier");
export type ClassifierModelConfig = z.infer<typeof classifierModelConfig>;

const classifierLossConfig = z
  .strictObject({
    labelSmoothing: dropoutRate.default(0).describe("share of the target spread evenly over all labels"),
    classWeights: z
      .enum(["none", "balanced"])
      .default("none")
      .describe("balanced: rare labels count as much as frequent ones"),
  })
  .describe("cross-entropy");

const metricNames = classificationMetrics.map(({ info }) => info.name);
const descriptions = classificationMetrics.map(({ info, description }) => `${info.name}: ${description}`);

/** The sections of a text classifier. */
export const classifyConfig = z.strictObject({
  tokenizer: tokenizerSectionConfig,
  model: classifierModelConfig,
  loss: classifierLossConfig.prefault({}),
  metrics: z
    .strictObject({
      select: z
        .enum([...metricNames, meanLoss.info.name])
        .default(accuracy.info.name)
        .describe("dev metric that chooses the best checkpoint"),
      report: z
        .array(z.enum(metricNames))
        .default([accuracy.info.name, macroF1.info.name])
        .describe(`scores of each split, besides the loss. ${descriptions.join("; ")}`),
    })
    .describe("how the model is judged")
    .prefault({}),
});
export type ClassifyConfig = z.infer<typeof classifyConfig>;
