/** The training loop: steps, evaluations, early stopping and checkpoints of any model on any batches; it knows no tasks. */
import { requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { Averager, withWeights } from "./averaging/averager.ts";
import { isBetweenEvaluations, isEvaluatedAt, plannedSteps, type StopReason, spentBudget } from "./budget.ts";
import { composeCallbacks, type TrainingCallbacks } from "./callbacks.ts";
import { loadCarried } from "./carried-state.ts";
import { type NonFiniteError, TrainingStateError } from "./errors.ts";
import { keptScores, rankScore } from "./kept-checkpoints.ts";
import { type Learning, learn } from "./learn.ts";
import { requireFinite } from "./non-finite.ts";
import { createOptimizer } from "./optimizers/create-optimizer.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { requireRulesFit } from "./regularization.ts";
import type { ScheduleState } from "./schedules/define-schedule.ts";
import { afterEvaluation, initialScheduleState, learningRateFactor } from "./schedules/schedule.ts";
import { type DevMetrics, isBetter, selectedScore } from "./selection.ts";
import { startStopwatch } from "./stopwatch.ts";
import { type TrainOptions, type TrainResult, trainOptionNames } from "./train-options.ts";
import {
  copyWeights,
  epochsWithoutImprovement,
  initialProgress,
  progressOf,
  requireWeights,
  type TrainingProgress,
  type TrainingState,
  type Weights,
  writeWeights,
} from "./training-state.ts";

/** Seconds of training steps after which the distance of checkpoints is chosen. */
const CHECKPOINT_SECONDS = 10;
/** Seconds after which the loop lets the event loop turn, so that signals arrive. */
const BREATH_SECONDS = 0.05;

/**
 * Trains until the last epoch, until dev stops improving, until a budget is spent, or until it is interrupted; then restores the
 * best weights.
 *
 * The numbers depend on weights, batches, losses and options only: never on checkpoints, callbacks or interruptions, nor on time but
 * for the step after which `maxMinutes` ends the run. The last checkpoint of a run that `maxMinutes` ended is of before the evaluation
 * that ended it, so that resuming with more minutes goes on as if they had been there.
 * Call it with no scope open, since the optimizer's moments live as long as the session.
 *
 * @throws {NonFiniteError} if a loss, a gradient or a weight becomes NaN or infinite
 * @throws {SelectionError} if `evaluate` does not give the selection metric
 * @throws {OptionError} if an option is unknown
 * @throws {NamePatternError} if a pattern of parameter names, such as that of a constraint, fits none
 * @throws {TrainingStateError} if `resumeFrom` belongs to another model or config
 */
export async function train<Batch>(options: TrainOptions<Batch>): Promise<TrainResult> {
  requireKnownOptions("train", options, trainOptionNames);
  const run = await Run.begin(options);
  while (!run.isOver) {
    if (options.signal?.aborted) {
      await run.checkpoint();
      return run.result("interrupted");
    }
    await run.advance();
  }
  run.restoreBest();
  return run.result(run.isComplete ? "finished" : "stoppedEarly", run.stoppedBy);
}

/** One run under way: the options and everything that changes. */
class Run<Batch> {
  readonly #options: TrainOptions<Batch>;
  readonly #callbacks: Required<TrainingCallbacks>;
  /** Parameters and buffers: what checkpoints and the best evaluation keep. */
  readonly #saved: ReadonlyMap<string, Tensor>;
  readonly #optimizer: Optimizer;
  readonly #averager: Averager | undefined;
  readonly #stepsPerEpoch: number;
  readonly #totalSteps: number;
  #stopwatch: () => number;
  #progress: TrainingProgress;
  #schedule: ScheduleState;
  #bestWeights: Weights | undefined;
  /** Position of the batches that the run began with, wherever it goes on. */
  readonly #firstBatches: unknown;
  /** The budget that ended the run; looked at once a step, so that all parts of a step agree. */
  #spent: "maxSteps" | "maxMinutes" | undefined;
  /** Step of the last checkpoint, of which none is due again. */
  #savedStep: number;
  /** Seconds and steps since this process began, for choosing the distance of checkpoints. */
  #ownStepSeconds = 0;
  #ownSteps = 0;
  #sinceBreath = 0;
  /** Seconds in the loop before this process began. */
  #elapsedBefore = 0;

  /** A run at its first step, or at the step after its checkpoint. */
  static async begin<Batch>(options: TrainOptions<Batch>): Promise<Run<Batch>> {
    const run = new Run(options);
    if (options.resumeFrom !== undefined) await run.#resume(options.resumeFrom);
    if (run.#spent === "maxMinutes" && isBetweenEvaluations(run.#progress, options.training)) await run.#evaluate();
    run.#optimizer.beginEpoch(run.#progress.epoch + 1);
    return run;
  }

  private constructor(options: TrainOptions<Batch>) {
    const { session, parameters, batches, training } = options;
    if (!Number.isInteger(batches.batchesPerEpoch) || batches.batchesPerEpoch < 1) {
      throw new TrainingStateError(
        `train: expected batches.batchesPerEpoch to be an integer >= 1, got ${batches.batchesPerEpoch}; is the training data empty?`,
      );
    }
    requireRulesFit(training, parameters);
    this.#options = options;
    this.#callbacks = composeCallbacks([options.callbacks ?? []].flat());
    this.#stepsPerEpoch = Math.ceil(batches.batchesPerEpoch / (training.accumulateSteps ?? 1));
    this.#totalSteps = plannedSteps(training.epochs * this.#stepsPerEpoch, training);
    this.#saved = new Map([...parameters, ...(options.buffers ?? [])]);
    this.#firstBatches = batches.state();
    this.#optimizer = createOptimizer(options.optimizer, parameters, session, options.own?.optimizers);
    this.#averager = training.averaging && new Averager(training.averaging, parameters, session);
    this.#progress = initialProgress(training.checkpointEverySteps);
    this.#schedule = initialScheduleState(options.schedule, options.own?.schedules);
    this.#savedStep = this.#progress.step;
    this.#stopwatch = startStopwatch();
  }

  /** Whether all epochs are done. */
  get isComplete(): boolean {
    return this.#progress.epoch >= this.#options.training.epochs;
  }

  /** Why it is over; undefined while it is not. */
  get stoppedBy(): StopReason | undefined {
    const { patience } = this.#options.training;
    if (this.isComplete) return "epochs";
    if (patience !== null && epochsWithoutImprovement(this.#progress) >= patience) return "patience";
    return this.#spent;
  }

  get isOver(): boolean {
    return this.stoppedBy !== undefined;
  }

  /** One step, and the evaluation and the checkpoint that are due after it. */
  async advance(): Promise<void> {
    const { evaluateEverySteps } = this.#options.training;
    const { epochEnded } = await this.#step();
    this.#averager?.afterStep({ epoch: this.#progress.epoch + 1, epochEnded });
    this.#spent = this.#spentBudget();
    const isDue = epochEnded || isEvaluatedAt(this.#progress.step, evaluateEverySteps);
    if (this.#spent === "maxMinutes" && !isDue) {
      // With more time it would have gone on without this evaluation, and so does whoever resumes it with more.
      await this.checkpoint();
      await this.#evaluate();
      return;
    }
    const isLast = epochEnded || this.#spent !== undefined;
    let isKept = false;
    if (isLast || isDue) isKept = await this.#evaluate();
    if (epochEnded) await this.#endEpoch();
    const chosen = await this.#chooseCheckpointInterval();
    const { step, checkpointEverySteps } = this.#progress;
    const due = checkpointEverySteps !== null && step % checkpointEverySteps === 0;
    if (isLast || chosen || due || isKept) await this.checkpoint();
    await this.#breathe();
  }

  /** Writes a checkpoint, unless this very step has one. */
  async checkpoint(): Promise<void> {
    const { checkpoints } = this.#options;
    const { step } = this.#progress;
    if (checkpoints === undefined || this.#savedStep === step) return;
    const started = this.#elapsed();
    const file = await checkpoints.write(this.#state());
    this.#savedStep = step;
    const elapsedSeconds = this.#elapsed();
    await this.#callbacks.onCheckpoint({ step, file, seconds: elapsedSeconds - started, elapsedSeconds });
  }

  restoreBest(): void {
    if (this.#bestWeights !== undefined) writeWeights(this.#saved, this.#bestWeights);
  }

  result(status: TrainResult["status"], stoppedBy?: StopReason): TrainResult {
    const { step, epoch, tokens, best } = this.#progress;
    return {
      status,
      stoppedBy,
      step,
      epochs: epoch,
      tokens,
      tokensPerSecond: this.#tokensPerSecond(),
      elapsedSeconds: this.#elapsed(),
      best: best ?? undefined,
    };
  }

  /** Takes a step; says whether its epoch ended with it. */
  async #step(): Promise<{ readonly epochEnded: boolean }> {
    const { schedule, own } = this.#options;
    const before = this.#progress;
    const position = { step: before.step, totalSteps: this.#totalSteps, stepsPerEpoch: this.#stepsPerEpoch };
    const factor = learningRateFactor(schedule, position, this.#schedule, own?.schedules);
    const learningRate = this.#optimizer.learningRate * factor;
    const learned = await learn(this.#learning, { step: before.step, learningRate });
    const { loss, count, gradientNorm, tokens, seconds, epochEnded } = learned;
    this.#ownStepSeconds += seconds;
    this.#ownSteps += 1;
    this.#sinceBreath += seconds;
    this.#progress = {
      ...before,
      step: before.step + 1,
      tokens: before.tokens + tokens,
      epochLossSum: before.epochLossSum + loss * count,
      epochCount: before.epochCount + count,
      stepSeconds: before.stepSeconds + seconds,
    };
    await this.#callbacks.onStep({
      step: this.#progress.step,
      totalSteps: this.#totalSteps,
      epoch: before.epoch + 1,
      loss,
      learningRate,
      gradientNorm,
      tokens: this.#progress.tokens,
      tokensPerSecond: this.#tokensPerSecond(),
      elapsedSeconds: this.#elapsed(),
    });
    return { epochEnded };
  }

  /** What a step is taken with. */
  get #learning(): Learning<Batch> {
    const { onFailedStep, training, ...options } = this.#options;
    const watch = () => {
      const state = this.#stateNow();
      return async (error: NonFiniteError, batches: readonly Batch[]) =>
        await onFailedStep?.({ error, batches, state: state() });
    };
    return {
      ...options,
      optimizer: this.#optimizer,
      clipping: training,
      regularization: training,
      accumulateSteps: training.accumulateSteps,
      watch: onFailedStep && watch,
    };
  }

  /** Scores the weights on dev; says whether their checkpoint is one to keep. */
  async #evaluate(): Promise<boolean> {
    const { session, selection, schedule, own, training } = this.#options;
    const { step, epoch, best, ranked } = this.#progress;
    const averages = this.#averages;
    const { metrics, score, improved } = await withWeights(session, this.#options.parameters, averages, async () => {
      using _statistics = averages.size > 0 ? await this.#averageStatistics() : undefined;
      const metrics = await evaluateInScope(session, this.#options.evaluate);
      const score = selectedScore(metrics, selection);
      const improved = isBetter(score, best, selection);
      if (improved) {
        const weights = copyWeights(this.#saved);
        requireFinite(step, weights);
        this.#bestWeights = weights;
        this.#progress = { ...this.#progress, best: { ...score, step, epoch: epoch + 1 } };
      }
      return { metrics, score, improved };
    });
    this.#averager?.afterEvaluation(selection.direction === "min" ? score.value : -score.value);
    const kept = keptScores(training.keepCheckpoints ?? "none");
    this.#progress = {
      ...this.#progress,
      ranked: rankScore(ranked, { ...score, step, epoch: epoch + 1 }, kept, selection),
    };
    this.#schedule = afterEvaluation(schedule, this.#schedule, improved, own?.schedules);
    await this.#callbacks.onEvaluate({ step, epoch: epoch + 1, metrics, improved, elapsedSeconds: this.#elapsed() });
    return this.#progress.ranked !== ranked;
  }

  /**
   * Runs an epoch's batches, those that the run began with, through the present weights, so that running statistics are theirs; nothing
   * is learned. The statistics and the place in the batches of before come back when what it returns is disposed.
   */
  async #averageStatistics(): Promise<Disposable> {
    const { session, batches, buffers = new Map<string, Tensor>(), lossOf } = this.#options;
    const before = copyWeights(buffers);
    if (buffers.size > 0) {
      const position = batches.state();
      const carried = batches.carried?.state() ?? new Map();
      await batches.load(this.#firstBatches);
      using _ = session.noGrad();
      for (let batch = 1; batch <= batches.batchesPerEpoch; batch++) {
        const next = await batches.next();
        using _scope = session.scope();
        lossOf(next.batch, this.#progress.step, 1 / batch);
      }
      await batches.load(position);
      loadCarried(batches.carried, carried);
    }
    return { [Symbol.dispose]: () => writeWeights(buffers, before) };
  }

  /** The weights that are evaluated and saved in place of those of the last step; none as long as nothing is averaged. */
  get #averages(): ReadonlyMap<string, Tensor> {
    const own = this.#averager?.averages;
    return own !== undefined && own.size > 0 ? own : this.#optimizer.averages();
  }

  async #endEpoch(): Promise<void> {
    const { epochLossSum, epochCount } = this.#progress;
    this.#progress = { ...this.#progress, epoch: this.#progress.epoch + 1, epochLossSum: 0, epochCount: 0 };
    this.#optimizer.beginEpoch(this.#progress.epoch + 1);
    await this.#callbacks.onEpochEnd({
      step: this.#progress.step,
      epoch: this.#progress.epoch,
      trainLoss: epochCount === 0 ? 0 : epochLossSum / epochCount,
      epochsWithoutImprovement: epochsWithoutImprovement(this.#progress),
      elapsedSeconds: this.#elapsed(),
    });
  }

  /** Once about ten seconds of steps have passed: as many steps as those took. True when it has just been chosen. */
  async #chooseCheckpointInterval(): Promise<boolean> {
    if (this.#options.checkpoints === undefined) return false;
    if (this.#progress.checkpointEverySteps !== null || this.#ownStepSeconds < CHECKPOINT_SECONDS) return false;
    this.#progress = { ...this.#progress, checkpointEverySteps: this.#ownSteps };
    await this.#callbacks.onCheckpointInterval(this.#ownSteps);
    return true;
  }

  #spentBudget(): "maxSteps" | "maxMinutes" | undefined {
    const { training, endAtStep } = this.#options;
    return spentBudget({ ...training, endAtStep }, { step: this.#progress.step, elapsedSeconds: this.#elapsed() });
  }

  /** The state of now, though it is asked for later: as long as no step was taken, only batches, what they carry and buffers move on. */
  #stateNow(): () => TrainingState {
    const { batches: source, buffers = new Map() } = this.#options;
    const buffersNow = copyWeights(buffers);
    const batches = source.state();
    const carried = source.carried?.state() ?? new Map();
    return () => {
      const state = this.#state();
      return { ...state, batches, carried, weights: new Map([...state.weights, ...buffersNow]) };
    };
  }

  #state(): TrainingState {
    return {
      ...this.#progress,
      elapsedSeconds: this.#elapsed(),
      schedule: this.#schedule,
      optimizer: this.#optimizer.state(),
      batches: this.#options.batches.state(),
      weights: copyWeights(this.#saved),
      carried: this.#options.batches.carried?.state() ?? new Map(),
      ...(this.#averager && { averaging: this.#averager.state() }),
      bestWeights: this.#bestWeights,
    };
  }

  async #resume(state: TrainingState): Promise<void> {
    const { schedule, training, batches } = this.#options;
    if (state.schedule.kind !== schedule.kind) {
      throw new TrainingStateError(
        `train: expected the state of schedule ${schedule.kind}, got the state of ${state.schedule.kind}`,
      );
    }
    this.#optimizer.loadState(state.optimizer);
    this.#averager?.load(state.averaging);
    if (state.bestWeights !== undefined) requireWeights("best weights", this.#saved, state.bestWeights);
    writeWeights(this.#saved, state.weights);
    loadCarried(batches.carried, state.carried);
    await batches.load(state.batches);
    this.#schedule = state.schedule;
    this.#bestWeights = state.bestWeights;
    this.#progress = progressOf(state);
    if (training.checkpointEverySteps !== undefined) {
      this.#progress = { ...this.#progress, checkpointEverySteps: training.checkpointEverySteps };
    }
    this.#savedStep = this.#progress.step;
    this.#elapsedBefore = this.#progress.elapsedSeconds;
    this.#stopwatch = startStopwatch();
    this.#spent = this.#spentBudget();
  }

  #elapsed(): number {
    return this.#elapsedBefore + this.#stopwatch();
  }

  #tokensPerSecond(): number {
    const { tokens, stepSeconds } = this.#progress;
    return stepSeconds > 0 ? tokens / stepSeconds : 0;
  }

  /** Lets pending events in from time to time: an interrupt could not reach a loop that never waits. */
  async #breathe(): Promise<void> {
    if (this.#sinceBreath < BREATH_SECONDS) return;
    this.#sinceBreath = 0;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function evaluateInScope(session: Session, evaluate: () => Promise<DevMetrics>): Promise<DevMetrics> {
  using _scope = session.scope();
  using _noGrad = session.noGrad();
  return await evaluate();
}
