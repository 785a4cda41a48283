/** Warm-up: the learning rate rises in a line over the first steps (Goyal et al. 2017). */

/** Factor of step `step` (from 0): 1/n, 2/n, ..., 1 over `n = warmupSteps` steps, then 1. */
export function warmUpFactor(step: number, warmupSteps: number): number {
  return step < warmupSteps ? (step + 1) / warmupSteps : 1;
}

/** How far the steps after warm-up have come, 0 at the first and 1 at `totalSteps` and beyond. */
export function progressAfterWarmUp(step: number, warmupSteps: number, totalSteps: number): number {
  const length = totalSteps - warmupSteps;
  if (step <= warmupSteps) return 0;
  return length <= 0 ? 1 : Math.min(1, (step - warmupSteps) / length);
}
