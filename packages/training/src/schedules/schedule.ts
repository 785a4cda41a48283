/** Learning-rate schedules as pure functions: a factor from the step and a small state that evaluations move. */
import type { ScheduleConfig } from "../config.ts";
import { TrainingStateError } from "../errors.ts";
import type { SelectionMode } from "../selection.ts";
import { cosineDecay, linearDecay } from "./decay.ts";
import { plateauAfter } from "./plateau.ts";
import { progressAfterWarmUp, warmUpFactor } from "./warm-up.ts";

/** What a schedule remembers; plain JSON. Only `plateau` ever changes it. */
export interface ScheduleState {
  readonly kind: ScheduleConfig["kind"];
  /** Product of the reductions so far. */
  readonly factor: number;
  /** Best dev score seen; null before the first. */
  readonly best: number | null;
  /** Evaluations in a row that were not better. */
  readonly badEvaluations: number;
}

export interface SchedulePosition {
  /** Optimizer steps taken before this one, from 0. */
  readonly step: number;
  /** Steps of the whole run: epochs times batches. */
  readonly totalSteps: number;
}

/** The state at the start of a run. */
export function initialScheduleState(config: ScheduleConfig): ScheduleState {
  return { kind: config.kind, factor: 1, best: null, badEvaluations: 0 };
}

/** Factor of the optimizer's learning rate in one step, 0..1. */
export function learningRateFactor(
  config: ScheduleConfig,
  { step, totalSteps }: SchedulePosition,
  state: ScheduleState,
): number {
  const { warmupSteps } = config;
  const warmUp = warmUpFactor(step, warmupSteps);
  if (warmUp < 1) return warmUp * state.factor;
  const progress = progressAfterWarmUp(step, warmupSteps, totalSteps);
  switch (config.kind) {
    case "constant":
      return 1;
    case "linear":
      return linearDecay(progress, config.finalFactor);
    case "cosine":
      return cosineDecay(progress, config.finalFactor);
    case "plateau":
      return state.factor;
    default:
      throw new TrainingStateError(`internal: no schedule for ${JSON.stringify(config satisfies never)}`);
  }
}

/** The state after an evaluation on dev. */
export function afterEvaluation(
  config: ScheduleConfig,
  state: ScheduleState,
  value: number,
  mode: SelectionMode,
): ScheduleState {
  return config.kind === "plateau" ? plateauAfter(config, state, value, mode) : state;
}
