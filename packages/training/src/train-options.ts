/** What the training loop is given and what it gives back. */
import type { BatchLoss } from "@cellstate/lstm-core";
import type { OptionNames, Session, Tensor } from "@cellstate/tensor";
import type { AveragingOptions } from "./averaging/averagings.ts";
import type { BatchSource } from "./batch-source.ts";
import type { StopReason } from "./budget.ts";
import type { TrainingCallbacks } from "./callbacks.ts";
import type { ClipOptions } from "./clipping/clips.ts";
import type { TrainingConfig } from "./config.ts";
import type { NonFiniteError } from "./errors.ts";
import type { GradientWatch } from "./gradient-watch.ts";
import type { OptimizerOptions } from "./optimizers/optimizers.ts";
import type { OwnChoices } from "./own-choices.ts";
import type { Regularization } from "./regularization.ts";
import type { ScheduleOptions } from "./schedules/schedules.ts";
import type { DevMetrics, Selection } from "./selection.ts";
import type { BestScore, TrainingState } from "./training-state.ts";

/** Where checkpoints go. */
export interface CheckpointStore {
  /** Keeps `state` safe and returns the name of the file. */
  write(state: TrainingState): Promise<string>;
}

/** What callers may leave out, beside what has no default. */
type OptionalInCode =
  | "csvLog"
  | "tensorboard"
  | "keepCheckpoints"
  | "accumulateSteps"
  | "clip"
  | "averaging"
  | keyof Regularization;

export interface TrainOptions<Batch> {
  readonly session: Session;
  /** What is trained, by name. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** What is saved with it and changes by itself, such as running statistics, by name. Default: nothing. */
  readonly buffers?: ReadonlyMap<string, Tensor> | undefined;
  readonly optimizer: OptimizerOptions;
  readonly schedule: ScheduleOptions;
  /** Optimizers and schedules that `optimizer` and `schedule` can name besides those that come along. Default: none. */
  readonly own?: OwnChoices | undefined;
  /**
   * The batch size is the batch source's business. With `keepCheckpoints: best` or `{ top: n }`, each dev score among the best has a
   * checkpoint.
   */
  readonly training: Omit<TrainingConfig, "batchSize" | OptionalInCode> &
    Partial<Pick<TrainingConfig, Exclude<OptionalInCode, "clip" | "averaging" | keyof Regularization>>> &
    Regularization & {
      readonly clip?: ClipOptions | undefined;
      readonly averaging?: AveragingOptions | undefined;
    };
  readonly batches: BatchSource<Batch>;
  /**
   * The loss of a batch; `step` counts the optimizer steps taken before, the address of dropout. Runs inside a scope.
   *
   * `statisticsShare` is given, for `StepContext`, where weights are averaged and there are buffers: before averages are evaluated, all
   * batches of an epoch are run through them, so that running statistics become theirs.
   */
  readonly lossOf: (batch: Batch, step: number, statisticsShare?: number) => BatchLoss;
  /** Scores the present weights on dev. Runs inside a scope, without recording. */
  readonly evaluate: () => Promise<DevMetrics>;
  /** The dev metric by which the best weights are chosen, and what decides between equal scores. */
  readonly selection: Selection;
  /** Told what happens; several one after the other, in their order. */
  readonly callbacks?: TrainingCallbacks | readonly TrainingCallbacks[];
  /** Shown the gradients of the steps that it asks for. Default: nobody is */
  readonly gradientWatch?: GradientWatch | undefined;
  /** Told of a step whose loss or gradient is not finite, before its error is thrown; the state goes on with that very step. */
  readonly onFailedStep?: (failure: FailedStep<Batch>) => void | Promise<void>;
  /** Without it no checkpoint is written. */
  readonly checkpoints?: CheckpointStore;
  /** Goes on from here; everything else must be as it was. */
  readonly resumeFrom?: TrainingState;
  /**
   * Ends the run after this step in place of `maxMinutes`, so that a run that its time ended can be repeated; schedules stretch over
   * all steps all the same. Default: the time decides
   */
  readonly endAtStep?: number | undefined;
  /** When it is aborted the loop finishes its step (and a due evaluation), writes a checkpoint and returns. */
  readonly signal?: AbortSignal;
}

/** A step that could not be taken. */
export interface FailedStep<Batch> {
  readonly error: NonFiniteError;
  /** Of the step, at the last of which it failed: one, or with `accumulateSteps` as many as it had come to. */
  readonly batches: readonly Batch[];
  /** Everything as it was before the step, none of its batches handed out yet; weights and moments are finite unless the error says otherwise. */
  readonly state: TrainingState;
}

/** The options of `train` by name. */
export const trainOptionNames: OptionNames<TrainOptions<unknown>> = {
  session: true,
  parameters: true,
  buffers: true,
  optimizer: true,
  schedule: true,
  own: true,
  training: true,
  batches: true,
  lossOf: true,
  evaluate: true,
  selection: true,
  callbacks: true,
  gradientWatch: true,
  onFailedStep: true,
  checkpoints: true,
  resumeFrom: true,
  endAtStep: true,
  signal: true,
};

export interface TrainResult {
  /** After `interrupted` the parameters are those of the last step, otherwise the best on dev. */
  readonly status: "finished" | "stoppedEarly" | "interrupted";
  /** What ended the run; undefined after `interrupted`. */
  readonly stoppedBy: StopReason | undefined;
  readonly step: number;
  /** Epochs completed. */
  readonly epochs: number;
  /** Real tokens trained on. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Seconds in the training loop, evaluations included, summed over resumes. */
  readonly elapsedSeconds: number;
  /** Undefined if no evaluation gave a finite score. */
  readonly best: BestScore | undefined;
}
