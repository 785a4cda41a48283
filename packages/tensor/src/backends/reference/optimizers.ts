/** Optimizer steps and gradient norms of the reference backend; a sparse gradient is a dense one whose other rows are zero. */
import type { AdagradRule, AdamRule, RmspropRule, SgdRule, UpdateRule } from "../../args/optimizers.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { CHUNK, type Floats } from "./sums.ts";

/** Moments below this size become zero, by definition, so that they never sink into slow denormals. */
const TINY_MOMENT = Math.fround(1e-30);

export interface GradientArrays {
  readonly values: Floats;
  readonly rows: Int32Array | undefined;
  readonly width: number;
}

/** The arrays of one {@link import("../../backend.ts").StepSegment}, and its numbers. */
export interface SegmentArrays {
  readonly parameter: Floats;
  readonly gradient: GradientArrays;
  readonly moments: readonly Floats[];
  readonly stepSize: number;
  readonly secondCorrection: number;
}

/** Changes one element of a parameter and of its moments. */
type Update = (index: number, gradient: number) => void;

/** One step of one parameter in place. */
export function optimizerStep(math: Arithmetic, rule: UpdateRule, segment: SegmentArrays): void {
  const r = math.round;
  const { parameter, gradient } = segment;
  const [scale, l2] = [r(rule.gradientScale), r(rule.l2)];
  const update = updateOf(math, rule, segment);
  eachGradient(gradient, parameter.length, rule.lazy, (i, value) => {
    const g = r(value * scale);
    update(i, l2 === 0 ? g : r(g + r(l2 * parameter[i]!)));
  });
}

function updateOf(math: Arithmetic, rule: UpdateRule, segment: SegmentArrays): Update {
  switch (rule.kind) {
    case "adam":
      return adamUpdate(math, rule, segment);
    case "sgd":
      return sgdUpdate(math, rule, segment);
    case "rmsprop":
      return rmspropUpdate(math, rule, segment);
    case "adagrad":
      return adagradUpdate(math, rule, segment);
  }
}

/** Calls `visit` with each flat index of the parameter and its gradient, in rising order; lazily with stored rows only. */
function eachGradient(gradient: GradientArrays, size: number, lazy: boolean, visit: Update): void {
  const { values, rows, width } = gradient;
  if (!rows) {
    for (let i = 0; i < size; i++) visit(i, values[i]!);
    return;
  }
  let next = 0;
  for (let row = 0; row * width < size; row++) {
    const present = rows[next] === row;
    if (lazy && !present) continue;
    for (let e = 0; e < width; e++) visit(row * width + e, present ? values[next * width + e]! : 0);
    if (present) next++;
  }
}

/** Sum over gradients, in order, of the sum over chunks of each one's dense flat index. */
export function sumOfSquares(gradients: readonly GradientArrays[]): number {
  return gradients.reduce((total, gradient) => total + squaresOf(gradient), 0);
}

function squaresOf({ values, rows, width }: GradientArrays): number {
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

/** Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch orders the operations. */
function adamUpdate({ round: r }: Arithmetic, rule: AdamRule, segment: SegmentArrays): Update {
  const { parameter, moments } = segment;
  const [firstMoment, secondMoment] = moments as [Floats, Floats];
  const [beta1, beta2, epsilon, decay] = [r(rule.beta1), r(rule.beta2), r(rule.epsilon), r(rule.decay)];
  const [oneMinusBeta1, oneMinusBeta2] = [r(1 - rule.beta1), r(1 - rule.beta2)];
  const [stepSize, correction] = [r(segment.stepSize), r(segment.secondCorrection)];
  return (i, g) => {
    const m = flush(r(r(beta1 * firstMoment[i]!) + r(oneMinusBeta1 * g)));
    const v = flush(r(r(beta2 * secondMoment[i]!) + r(r(oneMinusBeta2 * g) * g)));
    const denominator = r(r(r(Math.sqrt(v)) / correction) + epsilon);
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] = r(r(parameter[i]! * decay) - r(stepSize * r(m / denominator)));
  };
}

/** Stochastic gradient descent with PyTorch's momentum (`velocity = momentum * velocity + gradient`). */
function sgdUpdate({ round: r }: Arithmetic, rule: SgdRule, segment: SegmentArrays): Update {
  const { parameter, moments } = segment;
  const [velocity] = moments;
  const [momentum, rate] = [r(rule.momentum), r(segment.stepSize)];
  return (i, g) => {
    let direction = g;
    if (velocity) {
      const next = flush(r(r(momentum * velocity[i]!) + g));
      velocity[i] = next;
      direction = rule.nesterov ? r(g + r(momentum * next)) : next;
    }
    parameter[i] = r(parameter[i]! - r(rate * direction));
  };
}

/**
 * RMSprop (Tieleman & Hinton 2012; centered: Graves 2013, equations 38 to 45), as PyTorch orders the operations. A variance
 * that rounding made negative counts as 0, where PyTorch gives NaN.
 */
function rmspropUpdate({ round: r }: Arithmetic, rule: RmspropRule, segment: SegmentArrays): Update {
  const { parameter, moments } = segment;
  const meanSquare = moments[0]!;
  const velocity = rule.momentum > 0 ? moments[1]! : undefined;
  const meanGradient = rule.centered ? moments.at(-1)! : undefined;
  const [alpha, oneMinusAlpha] = [r(rule.alpha), r(1 - rule.alpha)];
  const [epsilon, rootEpsilon] = [r(rule.epsilon), r(rule.rootEpsilon)];
  const [momentum, rate] = [r(rule.momentum), r(segment.stepSize)];
  return (i, g) => {
    const v = flush(r(r(alpha * meanSquare[i]!) + r(r(oneMinusAlpha * g) * g)));
    meanSquare[i] = v;
    let variance = v;
    if (meanGradient) {
      const mean = flush(r(r(alpha * meanGradient[i]!) + r(oneMinusAlpha * g)));
      meanGradient[i] = mean;
      variance = Math.max(r(v - r(mean * mean)), 0);
    }
    let step = r(g / r(r(Math.sqrt(r(variance + rootEpsilon))) + epsilon));
    if (velocity) {
      step = flush(r(r(momentum * velocity[i]!) + step));
      velocity[i] = step;
    }
    parameter[i] = r(parameter[i]! - r(rate * step));
  };
}

/** Adagrad (Duchi et al. 2011), as PyTorch orders the operations. */
function adagradUpdate({ round: r }: Arithmetic, rule: AdagradRule, segment: SegmentArrays): Update {
  const { parameter, moments } = segment;
  const squares = moments[0]!;
  const [epsilon, rootEpsilon, rate] = [r(rule.epsilon), r(rule.rootEpsilon), r(segment.stepSize)];
  return (i, g) => {
    const v = flush(r(squares[i]! + r(g * g)));
    squares[i] = v;
    parameter[i] = r(parameter[i]! - r(rate * r(g / r(r(Math.sqrt(r(v + rootEpsilon))) + epsilon))));
  };
}
