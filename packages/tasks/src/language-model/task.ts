/** Language modelling: which token comes next. */
import { meanLoss } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import type { TaskCard } from "../task.ts";
import type { PlanParts } from "../task-parts.ts";
import { LANGUAGE_MODEL, type LanguageModelConfig, languageModelConfigOf } from "./config.ts";
import { languageMetrics, type TextLoss } from "./metrics.ts";
import type { TextExample } from "./segments.ts";
import type { StreamBatch } from "./streams.ts";
import { type LanguageFields, languageFields } from "./vocabulary.ts";

const card: TaskCard = {
  purpose: "Says how likely a text is, and writes on from a text.",
  pipelineTag: "text-generation",
  limits: [
    "It writes what reads like its training text; nothing in it knows whether that is true.",
    "What it wrote long ago it forgets: a text stays on its subject for some sentences at most.",
    "It repeats what its training text says, with its errors and one-sidedness, and may repeat passages of it word by word.",
  ],
};

type LanguagePlan = PlanParts<LanguageFields, TextExample, StreamBatch, TextLoss>;

/** Loaded where a model is trained or opened: whoever has another task does without. */
const pipelines = () => import("./pipeline.ts");

export const languageModel = defineTask((components) => ({
  name: LANGUAGE_MODEL,
  configSchema: languageModelConfigOf(components),
  writesOn: true,
  card,
  plan: (config: LanguageModelConfig): LanguagePlan => ({
    fields: languageFields(config.text),
    metrics: languageMetrics,
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async (train, read) => (await pipelines()).fitPipeline(config, components, train, read),
    load: async (files) => (await pipelines()).loadPipeline(config, components, files),
  }),
}));
