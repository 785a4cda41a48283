/** Elapsed time from a clock that never runs backwards: for reports only. */

/** Starts a stopwatch; each call of the result gives the seconds since. */
export function startStopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}
