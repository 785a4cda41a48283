/** One step of a saved state again, to see what became NaN or infinite in it. */
import { backward, type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { loadCarried } from "./carried-state.ts";
import { clipByGlobalNorm } from "./clipping/clip-norm.ts";
import type { NonFiniteError } from "./errors.ts";
import { nonFiniteGradient, nonFiniteLoss } from "./non-finite.ts";
import { penalized, type Regularization } from "./regularization.ts";
import type { TrainOptions } from "./train-options.ts";
import { type TrainingState, writeWeights } from "./training-state.ts";

/** What a step needs, but for the optimizer, and the state before it. */
export interface ReplayOptions<Batch>
  extends Pick<TrainOptions<Batch>, "session" | "parameters" | "buffers" | "batches" | "lossOf"> {
  /** The penalties of the run, whose gradients belong to the step. Default: none. */
  readonly regularization?: Regularization | undefined;
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
  state: true,
};

/** What a step gave. */
export interface ReplayedStep<Batch> {
  /** Counted from 1. */
  readonly step: number;
  readonly batch: Batch;
  readonly loss: number;
  /** Norm of all gradients together, before clipping; undefined where the loss is not finite already. */
  readonly gradientNorm: number | undefined;
  /** Names the first tensor that is not finite; undefined where all are. */
  readonly error: NonFiniteError | undefined;
}

/**
 * Goes to a state, and takes the step after it without changing a weight: same batch, same dropout, same numbers.
 *
 * @throws {OptionError} if an option is unknown
 * @throws {TrainingStateError} if the state belongs to another model
 */
export async function replayStep<Batch>(options: ReplayOptions<Batch>): Promise<ReplayedStep<Batch>> {
  requireKnownOptions("replayStep", options, optionNames);
  const { session, parameters, buffers, batches, lossOf, regularization = {}, state } = options;
  writeWeights(new Map([...parameters, ...(buffers ?? [])]), state.weights);
  loadCarried(batches.carried, state.carried);
  await batches.load(state.batches);
  const { batch } = await batches.next();
  const step = state.step + 1;
  using _scope = session.scope();
  const { loss } = lossOf(batch, state.step);
  const value = loss.item();
  if (!Number.isFinite(value)) {
    const error = nonFiniteLoss(step, value, parameters, session);
    return { step, batch, loss: value, gradientNorm: undefined, error };
  }
  const gradients = backward(penalized(loss, parameters, regularization));
  const { norm } = clipByGlobalNorm(gradients, parameters, null);
  const error = Number.isFinite(norm) ? undefined : nonFiniteGradient(step, gradients, parameters);
  return { step, batch, loss: value, gradientNorm: norm, error };
}
