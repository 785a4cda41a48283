/** Tagging: which tag each word of a text has, such as its part of speech, or which spans of it are names. */
import { DataConfigError } from "@cellstate/data";
import { meanLoss } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import type { TaskCard } from "../task.ts";
import type { PlanParts } from "../task-parts.ts";
import { type TaggingConfig, taggingConfigOf } from "./config.ts";
import type { TaggedBatch, TaggedExample } from "./data.ts";
import { metricsOf } from "./metric-infos.ts";
import type { TagPrediction } from "./predict.ts";
import { markedText } from "./prediction-line.ts";
import { type TaggingFields, taggingFields } from "./sentence.ts";

const card: TaskCard = {
  purpose: "Tags the words of a text, such as with their parts of speech, or finds named spans in it.",
  pipelineTag: "token-classification",
  limits: [
    "Raw text is cut into words by rules; where the training data cut otherwise, tags suffer.",
    "It knows the names and the kinds of text of its training data best; unseen names are found by spelling and context, and often missed.",
    "Each text is read by itself, and its end is that of what the model knows.",
    "It repeats what its training data say, with their errors and one-sidedness: do not let it alone decide about people.",
  ],
};

type TaggingPlan = PlanParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;

/** Loaded where a model is trained or opened: whoever has another task does without. */
const pipelines = () => import("./pipeline.ts");

export const tagging = defineTask((components) => ({
  name: "tagging",
  configSchema: taggingConfigOf(components),
  card,
  marked: markedText,
  plan: (config: TaggingConfig): TaggingPlan => ({
    fields: taggingFields,
    metrics: metricsOf(config.tags.kind),
    loss: meanLoss.info,
    select: selectionOf(config),
    fit: async (train) => (await pipelines()).fitPipeline(config, components, train),
    load: async (files) => (await pipelines()).loadPipeline(config, components, files),
  }),
}));

/** @throws {DataConfigError} if the config selects by a score of spans where tags are those of words */
function selectionOf({ tags: { kind }, metrics: { select } }: TaggingConfig): string {
  const names = metricsOf(kind).map(({ name }) => name);
  const chosen = select ?? (kind === "spans" ? "f1" : "accuracy");
  if (names.includes(chosen)) return chosen;
  throw new DataConfigError(
    "metrics.select",
    `${chosen} scores spans, and tags.kind is ${kind}; take one of ${names.join(", ")}, or write tags: { kind: spans }`,
  );
}
