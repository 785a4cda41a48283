/** Learning-rate schedules as pure functions: a factor from the step and a small state that evaluations move. */
import { findChoice } from "../options.ts";
import type { Schedule, ScheduleChoice, ScheduleState } from "./define-schedule.ts";
import { type ScheduleOptions, schedules } from "./schedules.ts";
import { progressAfterWarmUp, warmUpFactor } from "./warm-up.ts";

export interface SchedulePosition {
  /** Optimizer steps taken before this one, from 0. */
  readonly step: number;
  /** Steps of the whole run: epochs times batches. */
  readonly totalSteps: number;
  /** Steps of an epoch, for schedules that count epochs. Default 1: their epochs are then steps. */
  readonly stepsPerEpoch?: number | undefined;
}

/**
 * The state at the start of a run.
 *
 * @param own  schedules besides those that come along. Default: none
 * @throws {TrainingStateError} if there is no such schedule, or an option is wrong
 */
export function initialScheduleState(options: ScheduleOptions, own: readonly ScheduleChoice[] = []): ScheduleState {
  return { kind: scheduleOf(options, own).kind, factor: 1, badEvaluations: 0 };
}

/** Factor of the optimizer's learning rate in one step, 0..1. @param own  schedules besides those that come along */
export function learningRateFactor(
  options: ScheduleOptions,
  { step, totalSteps, stepsPerEpoch = 1 }: SchedulePosition,
  state: ScheduleState,
  own: readonly ScheduleChoice[] = [],
): number {
  const schedule = scheduleOf(options, own);
  if (step < schedule.warmupSteps) return warmUpFactor(step, schedule.warmupSteps) * state.factor;
  const steps = step - schedule.warmupSteps;
  const length = Math.max(1, totalSteps - schedule.warmupSteps);
  const progress = progressAfterWarmUp(step, schedule.warmupSteps, totalSteps);
  return schedule.factor({ progress, steps, length, epochs: steps / stepsPerEpoch, state });
}

/**
 * The state after an evaluation on dev.
 *
 * @param improved  whether it is the best so far
 * @param own       schedules besides those that come along. Default: none
 */
export function afterEvaluation(
  options: ScheduleOptions,
  state: ScheduleState,
  improved: boolean,
  own: readonly ScheduleChoice[] = [],
): ScheduleState {
  return scheduleOf(options, own).afterEvaluation(state, improved);
}

function scheduleOf(options: ScheduleOptions, own: readonly ScheduleChoice[]): Schedule {
  return findChoice<ScheduleChoice>("schedule", [...schedules, ...own], options).create(options);
}
