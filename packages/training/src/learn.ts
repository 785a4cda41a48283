/** One step of learning: the gradients of a batch or of several, clipping, the optimizer's step. */
import type { BatchLoss } from "@cellstate/lstm-core";
import { backward, GradientSum, type Gradients, mul, type Session, type Tensor } from "@cellstate/tensor";
import type { BatchSource, NextBatch } from "./batch-source.ts";
import { type Clipping, clipGradients } from "./clipping/clip-gradients.ts";
import { NonFiniteError } from "./errors.ts";
import { type GradientWatch, showGradients } from "./gradient-watch.ts";
import { nonFiniteGradient, nonFiniteLoss } from "./non-finite.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { constrain, penalized, type Regularization } from "./regularization.ts";
import { startStopwatch } from "./stopwatch.ts";

/** What does not change from step to step. */
export interface Learning<Batch> {
  readonly session: Session;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly optimizer: Pick<Optimizer, "step">;
  readonly batches: Pick<BatchSource<Batch>, "next">;
  /** The loss of a batch; `step` counts the optimizer steps taken before. */
  readonly lossOf: (batch: Batch, step: number) => BatchLoss;
  readonly clipping: Clipping;
  readonly regularization?: Regularization | undefined;
  /** Batches in a step; an epoch's last step may have fewer. Default 1 */
  readonly accumulateSteps?: number | undefined;
  readonly gradientWatch?: GradientWatch | undefined;
  /** Called before the first batch of a step is handed out; what it returns is told if the step then fails. */
  readonly watch?: (() => Watcher<Batch>) | undefined;
}

/** What gradients are made with. */
export type LearningBy<Batch> = Omit<Learning<Batch>, "optimizer" | "clipping">;

/** Told of the batches so far, at the last of which it failed. */
type Watcher<Batch> = (error: NonFiniteError, batches: readonly Batch[]) => Promise<void>;

/** Which step is to be taken, and how far it goes. */
export interface StepToTake {
  /** Optimizer steps taken before. */
  readonly step: number;
  readonly learningRate: number;
}

/** What a step saw. */
export interface Learned {
  /** Mean over all targets of the step. */
  readonly loss: number;
  readonly count: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  readonly tokens: number;
  /** Without waiting for batches. */
  readonly seconds: number;
  readonly epochEnded: boolean;
}

/** What becomes of a step's gradients, which `scale` is a factor of; gives their norm before clipping. */
export type UseGradients = (gradients: Gradients, scale: number) => number;

/** Takes a step. @throws {NonFiniteError} if the loss or a gradient is not finite */
export async function learn<Batch>(learning: Learning<Batch>, toTake: StepToTake): Promise<Learned> {
  return learnBy(learning, toTake, (gradients, scale) => stepBy(learning, gradients, toTake, scale));
}

/** The gradients of a step, put to any use. @throws {NonFiniteError} if the loss is not finite, and what `use` throws */
export async function learnBy<Batch>(
  learning: LearningBy<Batch>,
  toTake: Pick<StepToTake, "step">,
  use: UseGradients,
): Promise<Learned> {
  return (learning.accumulateSteps ?? 1) === 1
    ? learnFromOne(learning, toTake, use)
    : learnFromSeveral(learning, toTake, use);
}

async function learnFromOne<Batch>(
  learning: LearningBy<Batch>,
  toTake: Pick<StepToTake, "step">,
  use: UseGradients,
): Promise<Learned> {
  const step = watched(learning);
  const next = await step.next();
  const seconds = startStopwatch();
  return await step.attempt(() => {
    using _scope = learning.session.scope();
    const { gradients, loss, count } = differentiate(learning, next, toTake, (loss) => loss);
    const gradientNorm = use(gradients, 1);
    return { loss, count, gradientNorm, tokens: next.tokens, seconds: seconds(), epochEnded: next.epochEnded };
  });
}

/** By the mean gradients of several batches, each of which counts as much as it has targets. */
async function learnFromSeveral<Batch>(
  learning: LearningBy<Batch>,
  toTake: Pick<StepToTake, "step">,
  use: UseGradients,
): Promise<Learned> {
  const { session, accumulateSteps = 1 } = learning;
  using total = new GradientSum(session);
  const step = watched(learning);
  let [lossSum, count, tokens, seconds] = [0, 0, 0, 0];
  for (let batches = 1; ; batches++) {
    const next = await step.next();
    const stopwatch = startStopwatch();
    await step.attempt(() => {
      using _scope = session.scope();
      const ofBatch = differentiate(learning, next, toTake, (loss, targets) => mul(loss, targets));
      total.add(ofBatch.gradients);
      lossSum += ofBatch.loss * ofBatch.count;
      count += ofBatch.count;
    });
    tokens += next.tokens;
    seconds += stopwatch();
    if (batches < accumulateSteps && !next.epochEnded) continue;
    const stepStopwatch = startStopwatch();
    const scale = count > 0 ? 1 / count : 1;
    const gradientNorm = await step.attempt(() => {
      using _scope = session.scope();
      return use(total.gradients, scale);
    });
    seconds += stepStopwatch();
    return { loss: lossSum * scale, count, gradientNorm, tokens, seconds, epochEnded: next.epochEnded };
  }
}

/** The batches of a step, and a way to learn from them that tells who watches of a failure, with all of them, before it goes on. */
function watched<Batch>({ batches, watch }: LearningBy<Batch>) {
  const watcher = watch?.();
  const taken: Batch[] = [];
  return {
    async next(): Promise<NextBatch<Batch>> {
      const next = await batches.next();
      taken.push(next.batch);
      return next;
    },
    async attempt<T>(work: () => T): Promise<T> {
      try {
        return work();
      } catch (error) {
        if (error instanceof NonFiniteError) await watcher?.(error, taken);
        throw error;
      }
    },
  };
}

/** Forward and backward, in the innermost open scope. */
function differentiate<Batch>(
  { session, parameters, lossOf, regularization = {} }: LearningBy<Batch>,
  { batch }: NextBatch<Batch>,
  { step }: Pick<StepToTake, "step">,
  weigh: (loss: Tensor, count: number) => Tensor,
) {
  const ofBatch = lossOf(batch, step);
  const { count } = ofBatch;
  const value = ofBatch.loss.item();
  if (!Number.isFinite(value)) throw nonFiniteLoss(step + 1, value, parameters, session);
  return { loss: value, count, gradients: backward(weigh(penalized(ofBatch, parameters, regularization), count)) };
}

/** Clips gradients, which `scale` is a factor of, and takes the optimizer's step; returns their norm before clipping. */
function stepBy<Batch>(
  { parameters, optimizer, clipping, regularization = {}, gradientWatch }: Learning<Batch>,
  gradients: Gradients,
  { step, learningRate }: StepToTake,
  scale: number,
): number {
  showGradients(gradientWatch, step + 1, gradients, { parameters, scale });
  const clipped = clipGradients(gradients, parameters, clipping, scale);
  if (!Number.isFinite(clipped.norm)) throw nonFiniteGradient(step + 1, gradients, parameters);
  optimizer.step(clipped.gradients, { learningRate, gradientScale: clipped.scale });
  constrain(parameters, regularization);
  return clipped.norm;
}
