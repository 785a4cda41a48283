/** The sections of a text classifier's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, poolingConfig, recurrentConfig } from "@cellstate/lstm-core/config";
import { tokenizerSectionConfig } from "@cellstate/tokenizers/config";
import { accuracy, classificationMetrics, macroF1, meanLoss } from "@cellstate/training";
import { z } from "zod";
import { vectorsConfig } from "../vectors/config.ts";

const classifierEmbeddingConfig = embeddingConfig.extend({ vectors: vectorsConfig.optional() });

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
