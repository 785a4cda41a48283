/** Translation: any text to any other text, such as English to German or a date to its ISO form. */
import type { TranslationBatch } from "@cellstate/seq2seq";
import { meanLoss } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import type { PlanParts } from "../task-parts.ts";
import { type TranslationConfig, translationConfigOf } from "./config.ts";
import { type PairExample, type PairFields, pairFields } from "./data.ts";
import { translationMetrics } from "./metrics.ts";
import type { Translation } from "./predict.ts";

/** Loaded where a model is trained or opened: whoever has another task does without. */
const pipelines = () => import("./pipeline.ts");

/** The task `translation`. */
export const translation = defineTask((components) => ({
  name: "translation",
  configSchema: translationConfigOf(components),
  writesText: true,
  card: {
    purpose: "Writes a text for a text, such as its translation.",
    pipelineTag: "translation",
    limits: [
      "It can leave out, add or change what the source says; what reads well may still be wrong.",
      "Names, numbers and words that the training data lack are its weakest points.",
      "An answer has at most `search.maxDecodeLen` tokens; what would be longer is cut.",
      "It was trained on single texts and knows nothing of those around them.",
    ],
  },
  plan: (config: TranslationConfig): PlanParts<PairFields, PairExample, TranslationBatch, Translation> => ({
    fields: pairFields,
    metrics: translationMetrics,
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async (train, read) => (await pipelines()).fitPipeline(config, components, train, read),
    load: async (files) => (await pipelines()).loadPipeline(config, components, files),
  }),
}));
