/** Optimizers, schedules, metrics and the training loop: the public names of `@cellstate/training`. */

// The loop

export type { BatchSource, NextBatch } from "./batch-source.ts";
export { isBetweenEvaluations, type StopReason } from "./budget.ts";
export {
  type CheckpointEvent,
  composeCallbacks,
  type EpochEndEvent,
  type EvaluateEvent,
  type StepEvent,
  type TrainingCallbacks,
} from "./callbacks.ts";
export type { CarriedState } from "./carried-state.ts";
export { type CsvEvent, type CsvLogOptions, csvHeader, csvLog, csvRow } from "./csv-log.ts";
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateCurve,
  type LearningRatePoint,
} from "./find-learning-rate.ts";
export type { GradientWatch } from "./gradient-watch.ts";
export { type KeptCheckpoints, keptScores } from "./kept-checkpoints.ts";
export { train } from "./loop.ts";
export { type ReplayedStep, type ReplayOptions, replayStep } from "./replay-step.ts";
export type { DevMetrics, Selection } from "./selection.ts";
export type { CheckpointStore, FailedStep, TrainOptions, TrainResult } from "./train-options.ts";
export type { BestScore, TrainingProgress, TrainingState, Weights } from "./training-state.ts";

// Clipping and averaging

export { type AveragingConfig, type AveragingOptions, averagings } from "./averaging/averagings.ts";
export type { AveragingState } from "./averaging/define-averaging.ts";
export { type ClippedGradients, type Clipping, clipGradients } from "./clipping/clip-gradients.ts";
export { type ClippedNorm, clipByGlobalNorm } from "./clipping/clip-norm.ts";
export { type ClipConfig, type ClipOptions, clips } from "./clipping/clips.ts";
export type { Regularization } from "./regularization.ts";

// Options of optimizers and schedules

export { type Choice, flag, integer, number, numbers, type Options, type ValuesOf } from "./options.ts";
export type { OwnChoices } from "./own-choices.ts";

// Optimizers

export { createOptimizer } from "./optimizers/create-optimizer.ts";
export { defineOptimizer, type OptimizerChoice, type OptimizerParts } from "./optimizers/define-optimizer.ts";
export type { Optimizer, OptimizerState, OptimizerStepOptions } from "./optimizers/optimizer.ts";
export { type OptimizerConfig, type OptimizerOptions, optimizers } from "./optimizers/optimizers.ts";
export { descend, eachParameter, moveMean, wholeGradient } from "./optimizers/shared-steps.ts";

// Schedules

export {
  defineSchedule,
  type ScheduleChoice,
  type ScheduleParts,
  type ScheduleState,
} from "./schedules/define-schedule.ts";
export {
  afterEvaluation,
  initialScheduleState,
  learningRateFactor,
  type SchedulePosition,
} from "./schedules/schedule.ts";
export { type ScheduleConfig, type ScheduleOptions, schedules } from "./schedules/schedules.ts";

// Metrics

export { type Calibration, type CalibrationBin, calibration } from "./metrics/calibration.ts";
export { type ClassScores, classScores } from "./metrics/class-scores.ts";
export { type Confusion, confusionMatrix } from "./metrics/confusion.ts";
export { mcNemar } from "./metrics/mcnemar.ts";
export { defineMetric, type Metric, type MetricInfo } from "./metrics/metric.ts";
export * from "./metrics/metrics.ts";

// Errors

export { NonFiniteError, ParameterGroupError, SelectionError, TrainingStateError } from "./errors.ts";
