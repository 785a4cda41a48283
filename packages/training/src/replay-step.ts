/** One step of a saved state again, to see what became NaN or infinite in it. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { loadCarried } from "./carried-state.ts";
import { clipGradients } from "./clipping/clip-gradients.ts";
import { NonFiniteError } from "./errors.ts";
import { type LearningBy, learnBy } from "./learn.ts";
import { nonFiniteGradient } from "./non-finite.ts";
import type { Regularization } from "./regularization.ts";
import type { TrainOptions } from "./train-options.ts";
import { type TrainingState, writeWeights } from "./training-state.ts";

/** What a step needs, but for the optimizer, and the state before it. */
export interface ReplayOptions<Batch>
  extends Pick<TrainOptions<Batch>, "session" | "parameters" | "buffers" | "batches" | "lossOf"> {
  /** The penalties of the run, whose gradients belong to the step. Default: none. */
  readonly regularization?: Regularization | undefined;
  /** Batches in a step, as in the run. Default 1. */
  readonly accumulateSteps?: number | undefined;
  /** As `onFailedStep` gave it, or a checkpoint. */
  readonly state: TrainingState;
}

const optionNames: OptionNames<ReplayOptions<unknown>> = {
  session: true,
  parameters: true,
  buffers: true,
  batches: true,
  lossOf: true,
  regularization: true,
  accumulateSteps: true,
  state: true,
};

/** What a step gave. */
export interface ReplayedStep<Batch> {
  /** Counted from 1. */
  readonly step: number;
  /** As far as the step came. */
  readonly batches: readonly Batch[];
  /** Mean over all targets of the step, as far as it came. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping; undefined where the loss is not finite already. */
  readonly gradientNorm: number | undefined;
  /** Names the first tensor that is not finite; undefined where all are. */
  readonly error: NonFiniteError | undefined;
}

/**
 * Goes to a state, and takes the step after it without changing a weight: same batches, same dropout, same numbers.
 *
 * @throws {OptionError} if an option is unknown
 * @throws {TrainingStateError} if the state belongs to another model
 */
export async function replayStep<Batch>(options: ReplayOptions<Batch>): Promise<ReplayedStep<Batch>> {
  requireKnownOptions("replayStep", options, optionNames);
  const { session, parameters, buffers, batches, lossOf, regularization = {}, accumulateSteps, state } = options;
  writeWeights(new Map([...parameters, ...(buffers ?? [])]), state.weights);
  loadCarried(batches.carried, state.carried);
  await batches.load(state.batches);
  const step = state.step + 1;
  const taken: Batch[] = [];
  // Mean and number of targets of each batch; a loss that is not finite is only seen here.
  const losses: { readonly loss: number; readonly count: number }[] = [];
  let gradientNorm: number | undefined;
  let error: NonFiniteError | undefined;
  const learning: LearningBy<Batch> = {
    ...{ session, parameters, batches, regularization, accumulateSteps },
    lossOf(batch, at) {
      const ofBatch = lossOf(batch, at);
      taken.push(batch);
      losses.push({ loss: ofBatch.loss.item(), count: ofBatch.count });
      return ofBatch;
    },
  };
  try {
    await learnBy(learning, { step: state.step }, (gradients, scale) => {
      gradientNorm = clipGradients(gradients, parameters, { clipNorm: null }, scale).norm;
      if (!Number.isFinite(gradientNorm)) throw nonFiniteGradient(step, gradients, parameters);
      return gradientNorm;
    });
  } catch (fault) {
    if (!(fault instanceof NonFiniteError)) throw fault;
    error = fault;
  }
  return { step, batches: taken, loss: meanOf(losses), gradientNorm, error };
}

/** As a step reports it. */
function meanOf(losses: readonly { readonly loss: number; readonly count: number }[]): number {
  if (losses.length === 1) return losses[0]!.loss;
  const count = losses.reduce((sum, batch) => sum + batch.count, 0);
  return losses.reduce((sum, batch) => sum + batch.loss * batch.count, 0) * (count > 0 ? 1 / count : 1);
}
