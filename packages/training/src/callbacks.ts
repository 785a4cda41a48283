/** What the training loop tells its callers while it runs. Steps and epochs count from 1; nothing here influences a number. */
import type { DevMetrics } from "./selection.ts";

interface TrainingEvent {
  /** Steps taken. */
  readonly step: number;
  /** Seconds in the training loop, evaluations included, summed over resumes. */
  readonly elapsedSeconds: number;
}

export interface StepEvent extends TrainingEvent {
  readonly totalSteps: number;
  /** The epoch that the step belongs to. */
  readonly epoch: number;
  /** Mean loss of the batch. */
  readonly loss: number;
  readonly learningRate: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** Real tokens so far. */
  readonly tokens: number;
  /** Real tokens so far in a second of training steps. */
  readonly tokensPerSecond: number;
}

export interface EvaluateEvent extends TrainingEvent {
  readonly epoch: number;
  readonly metrics: DevMetrics;
  /** Whether these are the best weights so far. */
  readonly improved: boolean;
}

export interface EpochEndEvent extends TrainingEvent {
  readonly epoch: number;
  /** Mean loss of the epoch over all counted targets. */
  readonly trainLoss: number;
  readonly epochsWithoutImprovement: number;
}

export interface CheckpointEvent extends TrainingEvent {
  readonly file: string;
  /** Seconds it took to write. */
  readonly seconds: number;
}

/** All optional, all may be asynchronous; the loop waits for each. At an epoch's end they come in the order of this list. */
export interface TrainingCallbacks {
  onStep?(event: StepEvent): void | Promise<void>;
  onEvaluate?(event: EvaluateEvent): void | Promise<void>;
  onEpochEnd?(event: EpochEndEvent): void | Promise<void>;
  /** Once, when the distance of checkpoints was not given and has been chosen. */
  onCheckpointInterval?(steps: number): void | Promise<void>;
  onCheckpoint?(event: CheckpointEvent): void | Promise<void>;
}

/** Several callbacks as one: each event goes to all of them, one after the other, in their order. */
export function composeCallbacks(all: readonly TrainingCallbacks[]): Required<TrainingCallbacks> {
  const toAll = async (tell: (callbacks: TrainingCallbacks) => void | Promise<void> | undefined) => {
    for (const callbacks of all) await tell(callbacks);
  };
  return {
    onStep: (event) => toAll((callbacks) => callbacks.onStep?.(event)),
    onEvaluate: (event) => toAll((callbacks) => callbacks.onEvaluate?.(event)),
    onEpochEnd: (event) => toAll((callbacks) => callbacks.onEpochEnd?.(event)),
    onCheckpointInterval: (steps) => toAll((callbacks) => callbacks.onCheckpointInterval?.(steps)),
    onCheckpoint: (event) => toAll((callbacks) => callbacks.onCheckpoint?.(event)),
  };
}
