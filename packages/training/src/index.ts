/** Optimizers, schedules, metrics and the training loop: the public names of `@cellstate/training`. */

export type { BatchSource, NextBatch } from "./batch-source.ts";
export type { CheckpointEvent, EpochEndEvent, EvaluateEvent, StepEvent, TrainingCallbacks } from "./callbacks.ts";
// Errors
export { NonFiniteError, SelectionError, TrainingStateError } from "./errors.ts";
// The loop
export { type BatchLoss, type CheckpointStore, type TrainOptions, type TrainResult, train } from "./loop.ts";
export { type ClassScores, classScores, macroF1 } from "./metrics/class-scores.ts";
// Metrics
export { accuracy, type Confusion, confusionMatrix } from "./metrics/confusion.ts";
export { type ClippedNorm, clipByGlobalNorm } from "./optimizers/clip-norm.ts";
// Optimizers
export { createOptimizer } from "./optimizers/create-optimizer.ts";
export type { Optimizer, OptimizerState, OptimizerStepOptions } from "./optimizers/optimizer.ts";
// Schedules
export {
  afterEvaluation,
  initialScheduleState,
  learningRateFactor,
  type SchedulePosition,
  type ScheduleState,
} from "./schedules/schedule.ts";
export type { DevMetrics, Selection, SelectionMode } from "./selection.ts";
export type { BestScore, TrainingProgress, TrainingState, Weights } from "./training-state.ts";
