/** The inputs of a target, each by its number: a seed as it is, one that a grammar made, or one that was changed a few times. */
import { Random } from "./random.ts";
import type { OpenTarget } from "./target.ts";

export interface InputAddress {
  readonly target: string;
  readonly seed: number;
  /** Counted from 0. */
  readonly index: number;
}

/**
 * Makes one input; the same one for the same address and bases.
 *
 * @param bases  the target's seeds first, then others that are worth changing
 */
export function makeInput(
  { target, seed, index }: InputAddress,
  { generate, mutators, seeds }: OpenTarget,
  bases: readonly Uint8Array[],
): Uint8Array {
  if (index < seeds.length) return seeds[index]!;
  const random = new Random(seed, `fuzz/${target}/${index}`);
  const made = generate !== undefined && random.oneIn(3);
  let input = made ? generate(random) : random.pick(bases);
  // What a grammar makes is new as it is; half of it is changed all the same.
  for (let changes = made ? random.below(2) : random.few(4); changes > 0; changes--) {
    input = random.pick(mutators)(input, random, bases);
  }
  return input;
}
