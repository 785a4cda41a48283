/** How many weights can lie in memory at all: a bound that is checked before the first one is drawn. */
import { OptionError } from "@cellstate/tensor";

/**
 * Kernels address 4 GiB, and a weight that is trained takes four float32 numbers in it: itself, its gradient and, with Adam, two
 * moments.
 */
export const MAX_WEIGHTS: number = 2 ** 32 / (4 * 4);

/** @throws {OptionError} if a weight of that shape cannot lie in memory */
export function requireWeights(name: string, shape: readonly number[]): void {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count <= MAX_WEIGHTS) return;
  const expected = `at most ${MAX_WEIGHTS} numbers, which fit into memory; lower a size or the vocabulary`;
  throw new OptionError("model", `the weight ${name} [${shape.join(", ")}]`, expected, count);
}
