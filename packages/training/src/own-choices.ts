/** Optimizers and schedules besides those that come along. */
import type { OptimizerChoice } from "./optimizers/define-optimizer.ts";
import type { ScheduleChoice } from "./schedules/define-schedule.ts";

export interface OwnChoices {
  readonly optimizers?: readonly OptimizerChoice[] | undefined;
  readonly schedules?: readonly ScheduleChoice[] | undefined;
}
