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
  return fitRidge(
    windows.map(({ past, targets }) => {
      const last = past.at(-1)!;
      return {
        inputs: Float64Array.from({ length: past.length + 1 }, (_, at) => (at < past.length ? past[at]! - last : 1)),
        targets: targets.map((target) => target - last),
      };
    }),
  );
}

/** What a regression is fitted to: numbers, of which the last stands beside the constant, and what they shall give. */
export interface RegressionRow {
  readonly inputs: Float64Array;
  /** NaN where one is missing. */
  readonly targets: Float64Array;
}

/**
 * `[targets][inputs]`: the weights of a ridge regression whose penalty forecasts the last fifth of the rows best; that of the last input is not
 * penalized. Rows that lack a target are left out; undefined where fewer than five are left.
 */
export function fitRidge(rows: readonly RegressionRow[]): LinearWeights | undefined {
  const whole = rows.filter(({ targets }) => !targets.some(Number.isNaN));
  if (whole.length < 5) return undefined;
  const cut = Math.floor(whole.length * 0.8);
  const seen = normalEquations(whole.slice(0, cut));
  const errors = PENALTIES.map((penalty) => errorOf(whole.slice(cut), solve(seen, penalty)));
  return solve(normalEquations(whole), PENALTIES[errors.indexOf(Math.min(...errors))]!);
}

/** What weights make of the inputs of a row. */
export function regressionOf(inputs: Float64Array, weights: LinearWeights): number[] {
  return weights.map((row) => {
    let sum = 0;
    for (let at = 0; at < inputs.length; at++) sum += row[at]! * inputs[at]!;
    return sum;
  });
}

function errorOf(rows: readonly RegressionRow[], weights: LinearWeights): number {
  return rows.reduce((sum, { inputs, targets }) => {
    const forecast = regressionOf(inputs, weights);
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

function normalEquations(rows: readonly RegressionRow[]): NormalEquations {
  const size = rows[0]!.inputs.length;
  const products = new Float64Array(size * size);
  const sums = Array.from(rows[0]!.targets, () => new Float64Array(size));
  for (const { inputs, targets } of rows) {
    for (let row = 0; row < size; row++) {
      const factor = inputs[row]!;
      for (let column = 0; column <= row; column++) products[row * size + column]! += factor * inputs[column]!;
    }
    for (const [step, sum] of sums.entries()) {
      const target = targets[step]!;
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
