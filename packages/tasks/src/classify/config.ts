/** The sections of a text classifier's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, poolingConfigOf, recurrentConfigOf } from "@cellstate/lstm-core/config";
import { tokenizerSectionConfig } from "@cellstate/tokenizers/config";
import { accuracy, classificationMetrics, macroF1, meanLoss } from "@cellstate/training";
import { z } from "zod";
import { type Components, noComponents } from "../plugin/components.ts";
import { vectorsConfig } from "../vectors/config.ts";
import type { LossChoice } from "./own-loss.ts";

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

function modelConfigOf({ cells, poolings }: Components) {
  return z
    .strictObject({
      embedding: classifierEmbeddingConfig,
      encoder: recurrentConfigOf(cells),
      pooling: poolingConfigOf(poolings).default("max"),
      dropout: dropoutRate
        .default(0)
        .describe("share of the pooled features dropped before the classifier in training"),
      unkDropout: dropoutRate
        .default(0)
        .describe("share of tokens replaced by the unknown token in training, so that the model learns to do without"),
      linear: z
        .boolean()
        .default(false)
        .describe(
          "whether a logistic regression on TF-IDF of words and pairs of words (up to three characters in scripts without spaces) is fitted to train, and answers together with the network, each with a share that is fitted to dev",
        ),
    })
    .describe("embedding, recurrent layers, pooling over time, classifier");
}
export type ClassifierModelConfig = z.infer<ReturnType<typeof modelConfigOf>>;

const classifierLossConfig = z
  .strictObject({
    labelSmoothing: dropoutRate.default(0).describe("share of the target spread evenly over all labels"),
    classWeights: z
      .enum(["none", "balanced"])
      .default("none")
      .describe("balanced: rare labels count as much as frequent ones"),
  })
  .describe("cross-entropy");

/** The kind of the loss that comes along, where plugins bring others. */
export const CROSS_ENTROPY = "crossEntropy";

/** Cross-entropy alone has no kind to choose. */
function lossConfigOf(losses: readonly LossChoice[]): typeof classifierLossConfig {
  if (losses.length === 0) return classifierLossConfig;
  const own = losses.map(({ kind, description, options }) =>
    z.strictObject({ kind: z.literal(kind).describe(description), ...options }),
  );
  const crossEntropy = classifierLossConfig.extend({
    kind: z.literal(CROSS_ENTROPY).default(CROSS_ENTROPY).describe("cross-entropy"),
  });
  const schema = z.discriminatedUnion("kind", [crossEntropy, ...own]).describe("what training minimizes");
  return schema as unknown as typeof classifierLossConfig;
}

/** The sections of a text classifier with the choices that plugins add. */
export function classifyConfigOf(components: Components) {
  const metrics = [...classificationMetrics, ...components.metrics];
  const names = metrics.map(({ info }) => info.name);
  const descriptions = metrics.map(({ info, description }) => `${info.name}: ${description}`);
  return z.strictObject({
    tokenizer: tokenizerSectionConfig,
    model: modelConfigOf(components),
    loss: lossConfigOf(components.losses).prefault({}),
    metrics: z
      .strictObject({
        select: z
          .enum([...names, meanLoss.info.name])
          .default(accuracy.info.name)
          .describe("dev metric that chooses the best checkpoint"),
        report: z
          .array(z.enum(names))
          .default([accuracy.info.name, macroF1.info.name])
          .describe(`scores of each split, besides the loss. ${descriptions.join("; ")}`),
      })
      .describe("how the model is judged")
      .prefault({}),
  });
}

/** The sections of a text classifier. */
export const classifyConfig = classifyConfigOf(noComponents);
export type ClassifyConfig = z.infer<typeof classifyConfig>;
