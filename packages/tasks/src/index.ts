/** The public names of @cellstate/tasks; none of them needs a file system. */

// what answers hang on
export {
  ATTRIBUTION_KINDS,
  type AttributedPiece,
  type Attribution,
  type AttributionKind,
  attributedPieces,
  type ExplainOptions,
  type WordAttribution,
} from "./attribution.ts";
// classifiers
export { type ClassifyConfig, classifyConfig } from "./classify/config.ts";
export { TextClassifier, type TextClassifierOptions } from "./classify/model.ts";
// plugins
export { defineLoss, type LossChoice, type LossInput, type LossParts } from "./classify/own-loss.ts";
// making one
export { defineTask } from "./define-task.ts";
// errors
export {
  MissingPluginError,
  ModelChangeError,
  ModelFilesError,
  NonFiniteResultError,
  NotTrainableError,
  PluginError,
  PromptError,
  TokenizerRoleError,
  TransferError,
  UnknownTaskError,
} from "./errors.ts";
export { encodeFile, encodeJson, loadTokenizer, readJson, requireFile, requireText } from "./file-contents.ts";
// forecasting
export { type ForecastingConfig, forecastingConfig } from "./forecasting/config.ts";
export { Forecaster, type ForecasterInputs, type ForecasterOptions } from "./forecasting/model.ts";
export { forecasting } from "./forecasting/task.ts";
// from other frameworks
export type { Answers, ImportedExample, Outputs } from "./imported/answers/answers.ts";
export { answersOf } from "./imported/answers/answers-of.ts";
export {
  IMPORTED_TEXT,
  type ImportedConfig,
  type ImportedOnnxConfig,
  type ImportedSeriesConfig,
  importedConfig,
  importedOnnxConfig,
  importedSeriesConfig,
} from "./imported/config.ts";
export { encodeImported } from "./imported/encode-text.ts";
export { importedOnnx, type OnnxNetwork, type OpenOnnx } from "./imported/onnx-task.ts";
export {
  type ImportedClassifier,
  type ImportedOnnx,
  type ImportedSeries,
  saveImported,
  saveImportedOnnx,
  saveImportedSeries,
} from "./imported/save.ts";
export { type PairedDifference, pairedBootstrap } from "./intervals.ts";
// language models
export { type LanguageModelConfig, languageModelConfig } from "./language-model/config.ts";
export { type Features, LanguageModel, type LanguageModelOptions, type ReadRows } from "./language-model/model.ts";
export { languageModel } from "./language-model/task.ts";
export {
  encodeManifest,
  type FileFault,
  type FileSeal,
  faultsOf,
  hashFault,
  MANIFEST_FILE,
  type Manifest,
  parseManifest,
  sealFiles,
  sealOf,
  sizeFault,
} from "./manifest.ts";
export type {
  ClassifierNetwork,
  ForecasterNetwork,
  LanguageModelNetwork,
  LayeredNetwork,
  Network,
  OnnxFileNetwork,
  TaggerNetwork,
  TranslatorNetwork,
} from "./network.ts";
export type { Components } from "./plugin/components.ts";
export { definePlugin, type Plugin, type PluginParts, tasksWith } from "./plugin/plugin.ts";
export type {
  ConfusionSection,
  CurvesSection,
  HeatMap,
  HeatMapsSection,
  MarkedPart,
  MarkedSection,
  ReportSection,
  TableSection,
  TextsSection,
} from "./report-section.ts";
// saved models
export {
  describeModel,
  MODEL_CONFIG_FILE,
  type ModelConfig,
  type ModelDescription,
  type ModelInput,
  type OpenModelOptions,
  openModel,
  type Predictor,
  planOf,
  type SaveModelOptions,
  saveModel,
  verifyModel,
  WEIGHTS_FILE,
} from "./saved-model.ts";
// tagging
export { type TaggingConfig, taggingConfig } from "./tagging/config.ts";
export type { TaggedBatch } from "./tagging/data.ts";
export { Tagger, type TaggerOptions } from "./tagging/model.ts";
export { tagging } from "./tagging/task.ts";
// what a task is
export type {
  Baselines,
  BatchOptions,
  DataDescription,
  Encoded,
  EncodedWriter,
  EncodeOptions,
  EvaluateOptions,
  Evaluation,
  EvaluationDetails,
  Explanation,
  FileContents,
  FittedBaselines,
  GenerateOptions,
  IntervalOptions,
  Intervals,
  Pipeline,
  Plan,
  PredictionLine,
  PretrainedTable,
  RecalledAnswers,
  Scores,
  Task,
  TaskBatch,
  TaskCard,
  TaskModel,
} from "./task.ts";
// what one is made of
export type {
  BaselineParts,
  ModelParts,
  PipelineParts,
  PlacedBatch,
  PlanParts,
  PretrainedParts,
  Rightness,
  TaskParts,
} from "./task-parts.ts";
// the list of tasks
export { classification, sentiment, tasks } from "./tasks.ts";
export { encodeText, type FitTokenizerOptions, fitTokenizer } from "./tokenizer/fit-tokenizer.ts";
// weights of another model
export { type InitConfig, initConfig } from "./transfer/config.ts";
export {
  type TakenParameter,
  type Transfer,
  type TransferOptions,
  type TransferSource,
  type TransferTarget,
  transferWeights,
} from "./transfer/transfer-weights.ts";
// translation
export { type TranslationConfig, translationConfig } from "./translation/config.ts";
export { translation } from "./translation/task.ts";
// word vectors of files
export { type VectorsConfig, vectorsConfig } from "./vectors/config.ts";
export { parseVersioned, type Versioned } from "./versioned.ts";
