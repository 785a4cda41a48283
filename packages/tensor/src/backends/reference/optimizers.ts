/** Optimizer steps and gradient norms of the reference backend; a sparse gradient is a dense one whose other rows are zero. */
import type { AdamArgs, SgdArgs } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { CHUNK, type Floats } from "./sums.ts";

/** Moments below this size become zero, by definition, so that they never sink into slow denormals. */
export const TINY_MOMENT = Math.fround(1e-30);

export interface GradientArrays {
  readonly values: Floats;
  readonly rows: Int32Array | undefined;
  readonly width: number;
}

/** Calls `visit` with each flat index of the parameter and its gradient, in rising order. */
function eachGradient(gradient: GradientArrays, size: number, visit: (index: number, value: number) => void): void {
  const { values, rows, width } = gradient;
  if (!rows) {
    for (let i = 0; i < size; i++) visit(i, values[i]!);
    return;
  }
  let next = 0;
  for (let row = 0; row * width < size; row++) {
    const present = rows[next] === row;
    for (let e = 0; e < width; e++) visit(row * width + e, present ? values[next * width + e]! : 0);
    if (present) next++;
  }
}

export function sumOfSquares(gradient: GradientArrays): number {
  const { values, rows, width } = gradient;
  let total = 0;
  let chunk = 0;
  let current = 0;
  for (let i = 0; i < values.length; i++) {
    const flat = rows ? rows[Math.floor(i / width)]! * width + (i % width) : i;
    const chunkOfFlat = Math.floor(flat / CHUNK);
    if (chunkOfFlat !== current) {
      total += chunk;
      chunk = 0;
      current = chunkOfFlat;
    }
    chunk += values[i]! * values[i]!;
  }
  return total + chunk;
}

function flush(moment: number): number {
  return Math.abs(moment) < TINY_MOMENT ? 0 : moment;
}

export interface AdamArrays {
  readonly parameter: Floats;
  readonly gradient: GradientArrays;
  readonly firstMoment: Floats;
  readonly secondMoment: Floats;
}

/** Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch orders the operations. */
export function adamStep(math: Arithmetic, args: AdamArgs, arrays: AdamArrays): void {
  const r = math.round;
  const { parameter, firstMoment, secondMoment } = arrays;
  const [beta1, beta2, scale, l2, decay] = [args.beta1, args.beta2, args.gradientScale, args.l2, args.decay].map(r) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [oneMinusBeta1, oneMinusBeta2] = [r(1 - args.beta1), r(1 - args.beta2)];
  const [stepSize, correction, epsilon] = [r(args.stepSize), r(args.secondCorrection), r(args.epsilon)];
  eachGradient(arrays.gradient, parameter.length, (i, gradient) => {
    let g = r(gradient * scale);
    if (l2 !== 0) g = r(g + r(l2 * parameter[i]!));
    const m = flush(r(r(beta1 * firstMoment[i]!) + r(oneMinusBeta1 * g)));
    const v = flush(r(r(beta2 * secondMoment[i]!) + r(r(oneMinusBeta2 * g) * g)));
    const denominator = r(r(r(Math.sqrt(v)) / correction) + epsilon);
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] = r(r(parameter[i]! * decay) - r(stepSize * r(m / denominator)));
  });
}

export interface SgdArrays {
  readonly parameter: Floats;
  readonly gradient: GradientArrays;
  readonly velocity: Floats | undefined;
}

/** Stochastic gradient descent with PyTorch's momentum (`velocity = momentum * velocity + gradient`). */
export function sgdStep(math: Arithmetic, args: SgdArgs, arrays: SgdArrays): void {
  const r = math.round;
  const { parameter, velocity } = arrays;
  const [scale, rate, momentum, l2] = [args.gradientScale, args.learningRate, args.momentum, args.l2].map(r) as [
    number,
    number,
    number,
    number,
  ];
  eachGradient(arrays.gradient, parameter.length, (i, gradient) => {
    let g = r(gradient * scale);
    if (l2 !== 0) g = r(g + r(l2 * parameter[i]!));
    if (velocity) {
      const next = flush(r(r(momentum * velocity[i]!) + g));
      velocity[i] = next;
      g = args.nesterov ? r(g + r(momentum * next)) : next;
    }
    parameter[i] = r(parameter[i]! - r(rate * g));
  });
}
