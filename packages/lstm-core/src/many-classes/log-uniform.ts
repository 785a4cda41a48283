/** Draws classes that are numbered by falling frequency, the frequent ones more often: the Zipf-like distribution of TensorFlow's sampler. */
import { OptionError, type RandomStream, scalar } from "@cellstate/tensor";
import { requireSize } from "../errors.ts";

export interface CandidateOptions {
  /** Classes to draw from. */
  readonly numClasses: number;
  /** Distinct classes to draw, at most `numClasses`. */
  readonly count: number;
  readonly stream: RandomStream;
  /** Address of the draw, an integer >= 0, such as the optimizer steps taken. */
  readonly step: number;
}

export interface Candidates {
  /** `[count]`, all different, in the order in which they were drawn. */
  readonly classes: Int32Array;
  /** How often a class is expected in such a draw, in (0, 1]. */
  expectedCount(target: number): number;
}

/**
 * Classes drawn until `count` are different; a class `c` with the probability `log((c + 2) / (c + 1)) / log(numClasses + 1)` at each try.
 *
 * @throws {OptionError} if a size or the step is out of range
 */
export function logUniformCandidates({ numClasses, count, stream, step }: CandidateOptions): Candidates {
  requireSize("logUniformCandidates", "numClasses", numClasses);
  requireSize("logUniformCandidates", "count", count);
  if (count > numClasses) {
    throw new OptionError("logUniformCandidates", "count", `at most the ${numClasses} classes`, count);
  }
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new OptionError("logUniformCandidates", "step", "an integer >= 0", step);
  }
  const logRange = scalar.log(numClasses + 1);
  const drawn = new Set<number>();
  let tries = 0;
  for (; drawn.size < count; tries++) {
    const draw = Math.floor(scalar.exp(uniform(stream, step, tries) * logRange)) - 1;
    drawn.add(Math.min(draw, numClasses - 1)); // against rounding
  }
  return {
    classes: Int32Array.from(drawn),
    expectedCount: (target) => {
      const probability = (scalar.log(target + 2) - scalar.log(target + 1)) / logRange;
      return 1 - scalar.exp(tries * scalar.log(1 - probability)); // at least once in all tries
    },
  };
}

/** A float64 in `[0, 1)` with 53 random bits. */
function uniform(stream: RandomStream, step: number, position: number): number {
  const [low, high] = [step >>> 0, Math.floor(step / 4294967296)];
  const first = stream.uint32At(2 * position, low, high) >>> 5;
  const second = stream.uint32At(2 * position + 1, low, high) >>> 6;
  return (first * 67108864 + second) / 9007199254740992;
}
