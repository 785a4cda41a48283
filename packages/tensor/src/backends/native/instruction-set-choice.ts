/**
 * Which of a processor's instruction sets multiplies matrices fastest. Not always the widest: some processors do 512 bits in two halves,
 * or slow their clock for them. The bits are the same either way.
 */
import { jobRate } from "../kernels/job-rate.ts";

/** Milliseconds of one look at a set. */
const LOOK = 0.25;
/** Looks at each, of which the fastest counts: others take the processor for a moment, and nobody gives one. */
const ROUNDS = 4;
/** Times that a narrower set must be as fast as a wider one. */
const WORTH = 1.05;

export interface InstructionSetMeasurement {
  readonly name: string;
  /** A short job, the same for all sets, on the calling thread alone: what other programs do disturbs that least. */
  readonly run: () => void;
}

/**
 * The name of the fastest.
 *
 * @param candidates  at least one, the widest first
 * @param now         milliseconds
 */
export function fastestInstructionSet(candidates: readonly InstructionSetMeasurement[], now: () => number): string {
  const rates = candidates.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { run }] of candidates.entries()) rates[i] = Math.max(rates[i]!, jobRate(run, LOOK, now));
  }
  let best = 0;
  for (let i = 1; i < candidates.length; i++) if (rates[i]! > WORTH * rates[best]!) best = i;
  return candidates[best]!.name;
}
