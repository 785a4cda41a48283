/** What plugins add to the choices of a config, besides tasks. */
import type { CellChoice, PoolingChoice } from "@cellstate/lstm-core";
import type { Confusion, Metric, OptimizerChoice, ScheduleChoice } from "@cellstate/training";
import type { LossChoice } from "../classify/own-loss.ts";

export interface Components {
  /** Kinds of recurrent layers: `kind` of an encoder or a decoder. */
  readonly cells: readonly CellChoice[];
  /** How the outputs of all steps become one vector: `model.pooling`. */
  readonly poolings: readonly PoolingChoice[];
  /** `optimizer.kind` */
  readonly optimizers: readonly OptimizerChoice[];
  /** `schedule.kind` */
  readonly schedules: readonly ScheduleChoice[];
  /** Losses of text classifiers: `loss.kind`. */
  readonly losses: readonly LossChoice[];
  /** Metrics of text classifiers: `metrics.report` and `metrics.select`. */
  readonly metrics: readonly Metric<[confusion: Confusion]>[];
}

export const noComponents: Components = {
  cells: [],
  poolings: [],
  optimizers: [],
  schedules: [],
  losses: [],
  metrics: [],
};

/** The components of both. */
export function joinComponents(first: Components, second: Partial<Components>): Components {
  const joined = Object.entries(first).map(([name, list]) => {
    const more = second[name as keyof Components] ?? [];
    return [name, [...list, ...more]];
  });
  return Object.fromEntries(joined) as Components;
}
