/** The arithmetic peak of a session's kernels, so that a benchmark can say what share of it a kernel reaches. */
import { BackendError } from "../errors.ts";
import type { Session } from "../session.ts";

const ITERATIONS = 500_000; // a few milliseconds

/**
 * Multiplications and additions a second that the session's threads can do together, in fused multiply-adds of the vector width that
 * its kernels are compiled for: the median of short runs of independent chains, since a cool processor is faster for a moment.
 *
 * @param seconds  how long to go on, at least one run; default 0.1
 * @throws {BackendError} on the reference backend, which has no vectors
 */
export function measurePeak(session: Session, seconds = 0.1): number {
  const { backend } = session;
  if (backend.multiplyAddChains === undefined) {
    throw new BackendError(`measurePeak: expected the native or the wasm backend, got ${backend.name}`);
  }
  const end = performance.now() + 1000 * seconds;
  const rates: number[] = [];
  do {
    const start = performance.now();
    const operations = backend.multiplyAddChains(ITERATIONS);
    rates.push((1000 * operations) / (performance.now() - start));
  } while (performance.now() < end);
  return rates.sort((a, b) => a - b)[rates.length >> 1]!;
}
