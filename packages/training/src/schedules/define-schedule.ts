/** A schedule from its parts: options, the learning rate after warm-up and, for some, what evaluations change. Warm-up comes with it. */
import { type Choice, completeOptions, integer, type NumberOption, type Options, type ValuesOf } from "../options.ts";

/** What a schedule remembers; plain JSON. Only `plateau` ever changes it. */
export interface ScheduleState {
  readonly kind: string;
  /** Product of the reductions so far. */
  readonly factor: number;
  /** Evaluations in a row that were not the best so far. */
  readonly badEvaluations: number;
}

/** Where a step after warm-up stands. */
interface ScheduleMoment {
  /** 0 at the first step after warm-up, 1 at the end of the run and beyond. */
  readonly progress: number;
  /** Steps taken since the warm-up. */
  readonly steps: number;
  /** Steps of the whole run after the warm-up, at least 1. */
  readonly length: number;
  /** Epochs since the warm-up, with fractions. */
  readonly epochs: number;
  readonly state: ScheduleState;
}

export interface ScheduleParts<Kind extends string, O extends Options> extends Choice<Kind, O> {
  /** Share of the learning rate after warm-up, 0..1. */
  factor(moment: ScheduleMoment, options: ValuesOf<O>): number;
  /** The state after an evaluation, given whether it is the best so far. Default: as it was. */
  afterEvaluation?(state: ScheduleState, improved: boolean, options: ValuesOf<O>): ScheduleState;
}

/** A schedule with its options. */
export interface Schedule {
  readonly kind: string;
  readonly warmupSteps: number;
  factor(moment: ScheduleMoment): number;
  afterEvaluation(state: ScheduleState, improved: boolean): ScheduleState;
}

/** A line of the list of schedules. */
export interface ScheduleChoice<Kind extends string = string, O extends Options = Options> extends Choice<Kind, O> {
  /** @throws {TrainingStateError} if an option is unknown or out of range */
  create(given: object): Schedule;
}

const warmupSteps = integer({
  min: 0,
  max: 1_000_000_000,
  default: 0,
  description: "first steps, over which the learning rate rises linearly to its full size",
});

/** The parts name their own options; `warmupSteps` is an option of every schedule. */
export function defineSchedule<const Kind extends string, O extends Options>(
  parts: ScheduleParts<Kind, O>,
): ScheduleChoice<Kind, { readonly warmupSteps: NumberOption } & O> {
  const choice = { kind: parts.kind, description: parts.description, options: { warmupSteps, ...parts.options } };
  return {
    ...choice,
    create(given) {
      const values = completeOptions(choice, given);
      return {
        kind: parts.kind,
        warmupSteps: values.warmupSteps,
        factor: (moment) => parts.factor(moment, values),
        afterEvaluation: (state, improved) => parts.afterEvaluation?.(state, improved, values) ?? state,
      };
    },
  };
}
