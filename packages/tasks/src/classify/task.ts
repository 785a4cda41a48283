/** Text classification: which of the labels of the train split a text has. */
import { meanLoss } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import type { Task, TaskCard } from "../task.ts";
import type { PlanParts } from "../task-parts.ts";
import { type ClassifyConfig, classifyConfigOf } from "./config.ts";
import { type ClassifierFields, classifierFields, type TextBatch, type TextExample } from "./data.ts";
import { metricsOf } from "./metrics.ts";
import type { LabelPrediction } from "./predict.ts";

const card: TaskCard = {
  purpose: "Gives a text one of the labels that it was trained with.",
  pipelineTag: "text-classification",
  limits: [
    "Every text gets one of the labels, also a text that fits none of them or is in another language.",
    "A probability says how sure the model is; how often such answers are right in other texts it does not say.",
    "Words that the training data lack count as unknown, and what is only said between the lines is often missed.",
    "It repeats what its training data say, with their errors and one-sidedness: do not let it alone decide about people.",
  ],
};

type ClassifierPlan = PlanParts<ClassifierFields, TextExample, TextBatch, LabelPrediction>;

/** Loaded where a model is trained or opened: whoever has another task does without. */
const pipelines = () => import("./pipeline.ts");

/** A task that gives each text one label; configs know it by `name`. */
export function classifierTask(name: string): Task {
  return defineTask((components) => ({
    name,
    configSchema: classifyConfigOf(components),
    card,
    plan: (config: ClassifyConfig): ClassifierPlan => ({
      fields: classifierFields,
      metrics: [meanLoss, ...metricsOf(config.metrics, components.metrics)].map(({ info }) => info),
      loss: meanLoss.info,
      select: config.metrics.select,
      fit: async (train, read) => (await pipelines()).fitPipeline(config, components, train, read),
      load: async (files) => (await pipelines()).loadPipeline(config, components, files),
    }),
  }));
}
