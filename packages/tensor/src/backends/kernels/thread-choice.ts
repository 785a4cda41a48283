/**
 * Whether threads pay at the moment: where others use the processors, they wait for each other, and one alone is faster. Measured, since
 * no system says it, and measured again, since others come and go. The bits are the same either way.
 */
import { jobRate } from "./job-rate.ts";

/** Milliseconds of one way to work, several slices of a scheduler together with the repetitions. */
const LOOK = 2.5;
const REPETITIONS = 6;
/** Milliseconds until the next measurement, which takes a thousandth of them where threads pay clearly. */
const INTERVAL = 5000;
/** The same after one thread was chosen for the first time: what was in the way may have been a program that has ended since. */
const FIRST_INTERVAL = 500;
/** Times that all threads must be as fast as one, below which one works. */
const WORTH = 1.1;
/** Nobody else is there: no need to look longer. */
const CLEAR = 1.5;

export interface ThreadMeasurement {
  readonly threads: number;
  /** A short job, of which each thread that takes part does the same. */
  readonly run: () => void;
  readonly useWorkers: (wanted: boolean) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Chooses, when it is called after a while, between all threads and one. */
export function threadChoice({ threads, run, useWorkers, now }: ThreadMeasurement): () => void {
  let next = Number.NEGATIVE_INFINITY;
  let interval = FIRST_INTERVAL;
  /** Shares of a job, one for each thread that takes part, in a millisecond. */
  const speed = (withWorkers: boolean): number => {
    useWorkers(withWorkers);
    return jobRate(run, LOOK, now) * (withWorkers ? threads : 1);
  };
  return () => {
    if (now() < next) return;
    let [all, one] = [0, 0];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      all += speed(true);
      one += speed(false);
      if (all > CLEAR * one) break;
    }
    const isWorth = all > WORTH * one;
    useWorkers(isWorth);
    next = now() + (isWorth ? INTERVAL : interval);
    interval = isWorth ? FIRST_INTERVAL : Math.min(2 * interval, INTERVAL);
  };
}
