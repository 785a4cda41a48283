/** Everything that a run needs to go on as if it had never stopped. */
import type { Tensor, TensorData } from "@cellstate/tensor";
import type { AveragingState } from "./averaging/define-averaging.ts";
import type { OptimizerState } from "./optimizers/optimizer.ts";
import { requireSameNames, requireSameTensors } from "./saved-tensors.ts";
import type { ScheduleState } from "./schedules/define-schedule.ts";
import type { SelectedScore } from "./selection.ts";

/** Weights by parameter name. */
export type Weights = ReadonlyMap<string, TensorData>;

/** The best evaluation so far. */
export interface BestScore extends SelectedScore {
  /** Steps taken before it. */
  readonly step: number;
  /** Epoch it fell into, from 1. */
  readonly epoch: number;
}

/** How far a run has come; plain JSON. */
export interface TrainingProgress {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Epochs completed. */
  readonly epoch: number;
  /** Real tokens trained on. */
  readonly tokens: number;
  /** Sum over the open epoch's steps of loss times count, and of the counts: its mean loss so far. */
  readonly epochLossSum: number;
  readonly epochCount: number;
  readonly best: BestScore | null;
  /** The best evaluations, best first: as many as `keepCheckpoints` keeps checkpoints of. */
  readonly ranked: readonly BestScore[];
  /** Seconds in the training loop, evaluations included, summed over resumes. */
  readonly elapsedSeconds: number;
  /** Seconds of those in training steps. */
  readonly stepSeconds: number;
  /** Steps between checkpoints; null until they are chosen. */
  readonly checkpointEverySteps: number | null;
}

/** The whole state, as a checkpoint holds it. */
export interface TrainingState extends TrainingProgress {
  readonly schedule: ScheduleState;
  readonly optimizer: OptimizerState;
  /** Position of the batch source. */
  readonly batches: unknown;
  readonly weights: Weights;
  /** What the model carries from batch to batch, by name; empty for most. */
  readonly carried: ReadonlyMap<string, TensorData>;
  /** Averaged weights and how far averaging has come, of runs that average. */
  readonly averaging?: AveragingState | undefined;
  /** Weights of the best evaluation; undefined before the first. */
  readonly bestWeights: Weights | undefined;
}

/** The start of a run. */
export function initialProgress(checkpointEverySteps: number | undefined): TrainingProgress {
  return {
    step: 0,
    epoch: 0,
    tokens: 0,
    epochLossSum: 0,
    epochCount: 0,
    best: null,
    ranked: [],
    elapsedSeconds: 0,
    stepSeconds: 0,
    checkpointEverySteps: checkpointEverySteps ?? null,
  };
}

/** How far a saved run had come. */
export function progressOf(state: TrainingState): TrainingProgress {
  const { step, epoch, tokens, epochLossSum, epochCount, best, ranked } = state;
  const { elapsedSeconds, stepSeconds, checkpointEverySteps } = state;
  return {
    ...{ step, epoch, tokens, epochLossSum, epochCount, best, ranked },
    ...{ elapsedSeconds, stepSeconds, checkpointEverySteps },
  };
}

/** Completed epochs since the one with the best score. */
export function epochsWithoutImprovement({ epoch, best }: Pick<TrainingProgress, "epoch" | "best">): number {
  return Math.max(0, epoch - (best?.epoch ?? 0));
}

/** A copy of all parameters. */
export function copyWeights(parameters: ReadonlyMap<string, Tensor>): Map<string, TensorData> {
  const weights = new Map<string, TensorData>();
  for (const [name, tensor] of parameters) {
    weights.set(name, { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() });
  }
  return weights;
}

/** Replaces all parameters in place, after checking them all. @throws {TrainingStateError} if names, shapes or types differ */
export function writeWeights(parameters: ReadonlyMap<string, Tensor>, weights: Weights): void {
  requireWeights("weights", parameters, weights);
  for (const [name, tensor] of parameters) tensor.write(weights.get(name)!.data);
}

/** @throws {TrainingStateError} if names, shapes or types of saved weights differ from those of the parameters */
export function requireWeights(what: string, parameters: ReadonlyMap<string, Tensor>, weights: Weights): void {
  requireSameNames(what, parameters, weights);
  requireSameTensors(what, parameters, weights);
}
