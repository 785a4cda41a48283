/** The sections of a translation experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig } from "@cellstate/lstm-core/config";
import { bleuTokenizers } from "@cellstate/metrics";
import { searchConfig, seq2seqConfigOf } from "@cellstate/seq2seq/config";
import { tokenizerSectionConfig } from "@cellstate/tokenizers/config";
import { meanLoss } from "@cellstate/training";
import { z } from "zod";
import { type Components, noComponents } from "../plugin/components.ts";
import { vectorsConfig } from "../vectors/config.ts";
import { corpusBleu, exactMatch } from "./metrics.ts";

const tokenizerPairConfig = z
  .strictObject({ source: tokenizerSectionConfig, target: tokenizerSectionConfig })
  .describe("a vocabulary for each side");

const translatorEmbeddingConfig = embeddingConfig
  .extend({
    vectors: z
      .strictObject({ source: vectorsConfig.optional(), target: vectorsConfig.optional() })
      .optional()
      .describe("files of word vectors that the tables of one side or of both begin with"),
  })
  .describe("token vectors of source and target");

function modelConfigOf(cells: Components["cells"]) {
  return seq2seqConfigOf(cells)
    .extend({ embedding: translatorEmbeddingConfig })
    .superRefine(({ embedding, decoder }, context) => {
      if (!decoder.tieEmbeddings || embedding.vectors?.target?.trainable !== false) return;
      const path = ["embedding", "vectors", "target", "trainable"];
      const message = "must be true with decoder.tieEmbeddings, whose table is also the weights of the output";
      context.addIssue({ code: "custom", path, message });
    })
    .describe("encoder, attention and decoder");
}
export type TranslatorModelConfig = z.infer<ReturnType<typeof modelConfigOf>>;

/** The sections of a translator with the choices that plugins add. */
export function translationConfigOf({ cells }: Components) {
  return z.strictObject({
    tokenizer: z
      .union([tokenizerSectionConfig, tokenizerPairConfig])
      .describe("how text becomes tokens: one vocabulary of both sides, or source and target"),
    model: modelConfigOf(cells),
    loss: z
      .strictObject({
        labelSmoothing: dropoutRate.default(0).describe("share of the target spread evenly over the vocabulary"),
      })
      .describe("cross-entropy of the target's tokens")
      .prefault({}),
    maxLength: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe("training pairs with more tokens than this on a side are left out; dev and test stay whole"),
    search: searchConfig.prefault({}),
    unknownReplacement: z
      .boolean()
      .default(false)
      .describe("writes the source token with the highest attention where the model writes the unknown token"),
    metrics: z
      .strictObject({
        lowercase: z.boolean().default(false).describe("BLEU and exact match ignore case (sacreBLEU -lc)"),
        tokenize: z
          .enum(["auto", ...bleuTokenizers])
          .default("auto")
          .describe(
            "how BLEU cuts texts into tokens (sacreBLEU -tok). auto: by the script of the training targets, zh for Chinese, char for others without spaces between words, 13a for the rest",
          ),
        select: z
          .enum([corpusBleu, exactMatch, meanLoss].map(({ info }) => info.name))
          .default("bleu")
          .describe("dev metric that chooses the best checkpoint"),
      })
      .describe("how the model is judged")
      .prefault({}),
  });
}

/** The sections of a translator. */
export const translationConfig = translationConfigOf(noComponents);
export type TranslationConfig = z.infer<typeof translationConfig>;

/** Whether each side has a tokenizer of its own. */
export function isPair(tokenizer: TranslationConfig["tokenizer"]): tokenizer is z.infer<typeof tokenizerPairConfig> {
  return "source" in tokenizer;
}
