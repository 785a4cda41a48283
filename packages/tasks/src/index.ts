/** The public names of @cellstate/tasks. */

// the tasks one by one, with their own types
export { classification } from "./classification/task.ts";
export { type ClassifyConfig, classifyConfig } from "./classify/config.ts";
export { type ClassifierTask, createClassifierTask } from "./classify/create-task.ts";
export type { FittedClassifier, TextBatch, TextExample } from "./classify/data.ts";
export { TextClassifier, type TextClassifierOptions } from "./classify/model.ts";
export type { LabelPrediction } from "./classify/predict.ts";
// errors
export { ModelFilesError, TokenizerRoleError } from "./errors.ts";
export { sentiment } from "./sentiment/task.ts";
// the interface and the list
export type {
  AnyTask,
  AttentionMap,
  LossResult,
  Metrics,
  ModelContext,
  ModelFiles,
  SelectionMetric,
  Task,
} from "./task.ts";
export { tasks } from "./tasks.ts";
// BLEU
export { type BleuOptions, bleu, bleuSignature } from "./translation/bleu.ts";
export { type TranslationConfig, translationConfig } from "./translation/config.ts";
export type { FittedTranslation, PairExample } from "./translation/data.ts";
export type { Translation } from "./translation/predict.ts";
export { type TranslationTask, translation } from "./translation/task.ts";
