/** Layer normalization of the rows of `[rows, features]` with gain and bias, whose gradients add rows in rising order. */
import type { Arithmetic } from "./arithmetic.ts";
import { meanOf, normalize, normalizeGradient } from "./layer-norm.ts";
import type { Floats } from "./sums.ts";

export interface LayerNormArrays {
  readonly rows: number;
  readonly features: number;
  readonly x: Floats;
  readonly gain: Floats;
  readonly means: Floats;
  readonly inverseDeviations: Floats;
}

/** `out = (x - mean) * inverseDeviation * gain + bias`. */
export function layerNorm(math: Arithmetic, arrays: LayerNormArrays, epsilon: number, bias: Floats, out: Floats): void {
  const { rows, features, x, gain, means, inverseDeviations } = arrays;
  for (let row = 0; row < rows; row++) {
    const values = x.slice(row * features, (row + 1) * features);
    means[row] = meanOf(math, values);
    inverseDeviations[row] = normalize(math, values, epsilon);
    for (let j = 0; j < features; j++) out[row * features + j] = math.fma(values[j]!, gain[j]!, bias[j]!);
  }
}

export interface LayerNormGradientArrays {
  readonly output: Floats;
  readonly input: Floats;
  readonly gain: Floats;
  readonly bias: Floats;
}

export function layerNormGradient(math: Arithmetic, arrays: LayerNormArrays, gradients: LayerNormGradientArrays): void {
  const { rows, features, x, gain, means, inverseDeviations } = arrays;
  const r = math.round;
  gradients.gain.fill(0);
  gradients.bias.fill(0);
  for (let row = 0; row < rows; row++) {
    const start = row * features;
    const inverse = inverseDeviations[row]!;
    const normalized = x.slice(start, start + features).map((value) => r(r(value - means[row]!) * inverse));
    const d = gradients.output.subarray(start, start + features);
    for (let j = 0; j < features; j++) {
      gradients.gain[j] = math.fma(d[j]!, normalized[j]!, gradients.gain[j]!);
      gradients.bias[j] = r(gradients.bias[j]! + d[j]!);
    }
    const dRow = gradients.input.subarray(start, start + features);
    dRow.set(d.map((value, j) => r(value * gain[j]!)));
    normalizeGradient(math, dRow, normalized, inverse);
  }
}
