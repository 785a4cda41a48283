/** What ends a run besides its epochs: budgets of steps and of time. */
import type { TrainingConfig } from "./config.ts";

/** Why a run ended: all epochs were done, dev stopped improving, or a budget was spent. */
export type StopReason = "epochs" | "patience" | "maxSteps" | "maxMinutes";

/** The limits of a run, each of which may be missing. */
export type Budget = Pick<TrainingConfig, "maxSteps" | "maxMinutes">;

/** A budget, and at which step its time counts as spent, whatever the clock says. */
interface BudgetToSpend extends Budget {
  readonly endAtStep?: number | undefined;
}

const SECONDS_IN_A_MINUTE = 60;

/** Steps of a whole run, which schedules stretch over: those of all epochs, or fewer where that is the budget. */
export function plannedSteps(stepsOfEpochs: number, { maxSteps = Number.POSITIVE_INFINITY }: Budget): number {
  return Math.min(stepsOfEpochs, maxSteps);
}

/** The budget that is spent after so many steps and seconds; undefined while both last. */
export function spentBudget(
  { maxSteps, maxMinutes, endAtStep }: BudgetToSpend,
  { step, elapsedSeconds }: { readonly step: number; readonly elapsedSeconds: number },
): "maxSteps" | "maxMinutes" | undefined {
  if (maxSteps !== undefined && step >= maxSteps) return "maxSteps";
  if (endAtStep !== undefined) return step >= endAtStep ? "maxMinutes" : undefined;
  return maxMinutes !== undefined && elapsedSeconds >= maxMinutes * SECONDS_IN_A_MINUTE ? "maxMinutes" : undefined;
}

/** Whether dev is scored at a step, whatever else happens at it. */
export function isEvaluatedAt(step: number, evaluateEverySteps: number | undefined): boolean {
  return evaluateEverySteps !== undefined && step % evaluateEverySteps === 0;
}

/** Whether a state is one that an endless run would have passed without an evaluation: in an epoch, and at none of the steps in between. */
export function isBetweenEvaluations(
  { step, epochCount }: { readonly step: number; readonly epochCount: number },
  { evaluateEverySteps, maxSteps = Number.POSITIVE_INFINITY }: Pick<TrainingConfig, "evaluateEverySteps" | "maxSteps">,
): boolean {
  return epochCount > 0 && step < maxSteps && !isEvaluatedAt(step, evaluateEverySteps);
}
