/** Runs work again and again and tells how long it took. */

export interface RepeatOptions {
  readonly seconds: number;
  /** Runs, whatever the time. */
  readonly atLeast: number;
  /** Runs before them that are not counted, whatever the time. Default: 1 */
  readonly warmUps?: number;
}

/**
 * Runs for some seconds.
 *
 * @param run  returns the milliseconds that count, so that it may prepare something outside of them
 * @returns the milliseconds of each run
 */
async function repeatFor({ seconds, atLeast }: RepeatOptions, run: () => number | Promise<number>): Promise<number[]> {
  const end = performance.now() + 1000 * seconds;
  const times: number[] = [];
  while (times.length < atLeast || performance.now() < end) times.push(await run());
  return times;
}

/** The same after a warm-up of a quarter of the time. */
export async function repeatWarm(
  { seconds, atLeast, warmUps = 1 }: RepeatOptions,
  run: () => number | Promise<number>,
): Promise<number[]> {
  await repeatFor({ seconds: seconds / 4, atLeast: warmUps }, run);
  return repeatFor({ seconds, atLeast }, run);
}

/** Milliseconds of one run. */
export function timeOnce(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
