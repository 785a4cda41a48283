/** Falling on a plateau: the learning rate shrinks after evaluations that brought no improvement. */
import type { ScheduleConfig } from "../config.ts";
import { isBetter, type SelectionMode } from "../selection.ts";
import type { ScheduleState } from "./schedule.ts";

export type PlateauConfig = Extract<ScheduleConfig, { kind: "plateau" }>;

/** The state after an evaluation that gave `value`. */
export function plateauAfter(
  config: PlateauConfig,
  state: ScheduleState,
  value: number,
  mode: SelectionMode,
): ScheduleState {
  if (isBetter(value, state.best, mode)) return { ...state, best: value, badEvaluations: 0 };
  const badEvaluations = state.badEvaluations + 1;
  if (badEvaluations < config.patience) return { ...state, badEvaluations };
  return { ...state, factor: Math.max(config.minFactor, state.factor * config.factor), badEvaluations: 0 };
}
