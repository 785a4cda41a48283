/**
 * NLinear: each step to come is a weighted sum of the past less its last number, which is added again (Zeng et al. 2023, arXiv:2205.13504). The
 * weights are those of a ridge regression, in closed form; its penalty is the one that forecasts the last fifth of the windows best.
 */
import type { SmoothedWindow } from "./exponential-smoothing.ts";

/** `[horizon][context + 1]`: weights of the past, and a constant. */
export type LinearWeights = readonly (readonly number[])[];

/** Penalties as shares of the mean square of the inputs. */
const PENALTIES = [1e-4, 1e-2, 1];

export function linearForecast(past: Float64Array, weights: LinearWeights): number[] {
  const last = past.at(-1)!;
  return weights.map((row) => {
    let sum = row[past.length]! + last;
    for (let at = 0; at < past.length; at++) sum += row[at]! * (past[at]! - last);
    return sum;
  });
}

/** The weights, from windows that have all their targets; undefined where there are fewer than five. */
export function fitLinear(windows: readonly SmoothedWindow[]): LinearWeights | undefined {
  const whole = windows.filter(({ targets }) => !targets.some(Number.isNaN));
  if (whole.length < 5) return undefined;
  const cut = Math.floor(whole.length * 0.8);
  const seen = normalEquations(whole.slice(0, cut));
  const errors = PENALTIES.map((penalty) => errorOf(whole.slice(cut), solve(seen, penalty)));
  return solve(normalEquations(whole), PENALTIES[errors.indexOf(Math.min(...errors))]!);
}

function errorOf(windows: readonly SmoothedWindow[], weights: LinearWeights): number {
  return windows.reduce((sum, { past, targets }) => {
    const forecast = linearForecast(past, weights);
    return targets.reduce((total, target, at) => total + (target - forecast[at]!) ** 2, sum);
  }, 0);
}

interface NormalEquations {
  /** `[size, size]`: sums of products of inputs, the lower triangle. */
  readonly products: Float64Array;
  /** `[horizon][size]`: sums of products of inputs with each target. */
  readonly targets: readonly Float64Array[];
  readonly size: number;
}

function normalEquations(windows: readonly SmoothedWindow[]): NormalEquations {
  const context = windows[0]!.past.length;
  const size = context + 1;
  const products = new Float64Array(size * size);
  const sums = Array.from(windows[0]!.targets, () => new Float64Array(size));
  const inputs = new Float64Array(size);
  for (const { past, targets } of windows) {
    const last = past[context - 1]!;
    for (let at = 0; at < context; at++) inputs[at] = past[at]! - last;
    inputs[context] = 1;
    for (let row = 0; row < size; row++) {
      const factor = inputs[row]!;
      for (let column = 0; column <= row; column++) products[row * size + column]! += factor * inputs[column]!;
    }
    for (const [step, sum] of sums.entries()) {
      const target = targets[step]! - last;
      for (let at = 0; at < size; at++) sum[at]! += inputs[at]! * target;
    }
  }
  return { products, targets: sums, size };
}

/** By Cholesky's decomposition; the constant is not penalized but for rounding. */
function solve({ products, targets, size }: NormalEquations, penalty: number): LinearWeights {
  const root = products.slice();
  let mean = 0;
  for (let at = 0; at < size - 1; at++) mean += root[at * size + at]! / (size - 1);
  const ridge = penalty * mean + 1e-9;
  for (let at = 0; at < size; at++) root[at * size + at]! += at < size - 1 ? ridge : 1e-9;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = root[row * size + column]!;
      for (let at = 0; at < column; at++) sum -= root[row * size + at]! * root[column * size + at]!;
      root[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / root[column * size + column]!;
    }
  }
  return targets.map((target) => substitute(root, target, size));
}

function substitute(root: Float64Array, target: Float64Array, size: number): number[] {
  const solution = Array.from(target);
  for (let row = 0; row < size; row++) {
    let sum = solution[row]!;
    for (let at = 0; at < row; at++) sum -= root[row * size + at]! * solution[at]!;
    solution[row] = sum / root[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row]!;
    for (let at = row + 1; at < size; at++) sum -= root[at * size + row]! * solution[at]!;
    solution[row] = sum / root[row * size + row]!;
  }
  return solution;
}
