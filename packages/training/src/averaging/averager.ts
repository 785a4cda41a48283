/** Averaged weights of a run under way, which are evaluated and saved in place of those of the last step. */
import { assign, type Session, sub, type Tensor } from "@cellstate/tensor";
import { TrainingStateError } from "../errors.ts";
import { descend } from "../optimizers/shared-steps.ts";
import { completeOptions, findChoice, type Options, type ValuesOf } from "../options.ts";
import { copyWeights, requireWeights } from "../training-state.ts";
import { type AveragingOptions, averagings } from "./averagings.ts";
import type { AveragingChoice, AveragingMoment, AveragingProgress, AveragingState } from "./define-averaging.ts";

/** Averages that live as long as the session; no scope may be open when the first weights join them. */
export class Averager {
  readonly #choice: AveragingChoice;
  readonly #options: ValuesOf<Options>;
  readonly #parameters: ReadonlyMap<string, Tensor>;
  readonly #session: Session;
  #averages: ReadonlyMap<string, Tensor> = new Map();
  #progress: AveragingProgress;

  /** @throws {TrainingStateError} if there is no such way to average, or an option is wrong */
  constructor(given: AveragingOptions, parameters: ReadonlyMap<string, Tensor>, session: Session) {
    this.#choice = findChoice<AveragingChoice>("averaging", averagings, given);
    this.#options = completeOptions(this.#choice, given);
    this.#parameters = parameters;
    this.#session = session;
    this.#progress = { kind: this.#choice.kind, updates: 0, triggered: false, scores: [] };
  }

  /** The averages by parameter; empty as long as nothing has joined them. */
  get averages(): ReadonlyMap<string, Tensor> {
    return this.#averages;
  }

  /** Has the weights after a step join the average, if they should. */
  afterStep(moment: Omit<AveragingMoment, "progress">): void {
    const progress = this.#progress;
    if (!this.#choice.isDue({ ...moment, progress }, this.#options)) return;
    if (progress.updates === 0) this.#averages = this.#begin();
    const share = progress.updates === 0 ? 1 : this.#choice.share(progress.updates, this.#options);
    for (const [name, average] of this.#averages) moveTowards(average, this.#parameters.get(name)!, share);
    this.#progress = { ...progress, updates: progress.updates + 1 };
  }

  /** @param score  of an evaluation; lower ones are better */
  afterEvaluation(score: number): void {
    const { triggers } = this.#choice;
    if (triggers === undefined || this.#progress.triggered) return;
    // JSON has no NaN and no infinity.
    const scores = [...this.#progress.scores, Number.isFinite(score) ? score : Number.MAX_VALUE];
    this.#progress = { ...this.#progress, scores, triggered: triggers(scores, this.#options) };
  }

  /** A copy of the state. */
  state(): AveragingState {
    return { ...this.#progress, tensors: copyWeights(this.#averages) };
  }

  /** @throws {TrainingStateError} if the state belongs to another model or way to average */
  load(state: AveragingState | undefined): void {
    const { kind } = this.#choice;
    if (state?.kind !== kind) {
      throw new TrainingStateError(
        `train: expected the state of averaging ${kind}, got ${state ? `the state of ${state.kind}` : "none"}`,
      );
    }
    const { tensors, ...progress } = state;
    if (progress.updates > 0) {
      requireWeights("averages", this.#parameters, tensors);
      this.#averages = this.#begin();
      for (const [name, average] of this.#averages) average.write(tensors.get(name)!.data);
    }
    this.#progress = progress;
  }

  #begin(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#parameters].map(([name, { shape }]) => [name, this.#session.zeros(shape)]));
  }
}

/** `average + share * (weights - average)`, in place. */
function moveTowards(average: Tensor, weights: Tensor, share: number): void {
  using _scope = average.session.scope();
  using _noGrad = average.session.noGrad();
  if (share === 1) assign(average, weights);
  else descend({ name: "average", parameter: average }, sub(average, weights), share);
}

/** Runs `work` with other weights in place of those of some parameters, which come back after it. */
export async function withWeights<T>(
  session: Session,
  parameters: ReadonlyMap<string, Tensor>,
  weights: ReadonlyMap<string, Tensor>,
  work: () => Promise<T>,
): Promise<T> {
  if (weights.size === 0) return await work();
  using _scope = session.scope();
  const own = [...weights].map(([name, replacement]) => {
    const parameter = parameters.get(name)!;
    const copy = session.zeros(parameter.shape);
    assign(copy, parameter);
    assign(parameter, replacement);
    return [parameter, copy] as const;
  });
  try {
    return await work();
  } finally {
    for (const [parameter, copy] of own) assign(parameter, copy);
  }
}
