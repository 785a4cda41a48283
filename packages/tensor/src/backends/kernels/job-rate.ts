/**
 * Jobs that are done in a millisecond, from as many as fill some.
 *
 * @param milliseconds  how long to go on, at least one job
 * @param now           milliseconds
 */
export function jobRate(run: () => void, milliseconds: number, now: () => number): number {
  const start = now();
  let jobs = 0;
  let elapsed = 0;
  do {
    run();
    jobs++;
    elapsed = now() - start;
  } while (elapsed < milliseconds);
  return jobs / elapsed;
}
