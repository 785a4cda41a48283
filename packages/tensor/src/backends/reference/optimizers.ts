/** Optimizer steps and gradient norms of the reference backend; a sparse gradient is a dense one whose other rows are zero. */
import type { StepFactors, StepMoments, UpdateRule } from "../../args/optimizers.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { CHUNK, type Floats } from "./sums.ts";

/** Moments below this size become zero, by definition, so that they never sink into slow denormals. */
const TINY_MOMENT = Math.fround(1e-30);

export interface GradientArrays {
  readonly values: Floats;
  readonly rows: Int32Array | undefined;
  readonly width: number;
}

/** The arrays of one {@link import("../../args/optimizers.ts").StepSegment}, and its numbers. */
export interface SegmentArrays extends StepFactors {
  readonly parameter: Floats;
  readonly gradient: GradientArrays;
  readonly moments: StepMoments<Floats>;
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
  const numbers = roundedNumbers(math, rule, segment);
  switch (rule.kind) {
    case "adam":
      return adamUpdate(math, numbers, segment);
    case "nadam":
      return nadamUpdate(math, numbers, segment);
    case "adamax":
      return adamaxUpdate(math, numbers, segment);
    case "lamb":
      return lambUpdate(math, numbers, segment);
    case "rmsprop":
      return rmspropUpdate(math, numbers, segment);
    case "adagrad":
      return adagradUpdate(math, numbers, segment);
    case "adadelta":
      return adadeltaUpdate(math, numbers, segment);
    case "sgd":
      return sgdUpdate(math, numbers, segment, rule.nesterov);
    case "asgd":
      return asgdUpdate(math, numbers, segment);
    case "lion":
      return lionUpdate(math, numbers, segment);
    default:
      return rule.kind satisfies never;
  }
}

type Numbers = ReturnType<typeof roundedNumbers>;

/** The numbers of a rule and a segment in the element type. */
function roundedNumbers({ round: r }: Arithmetic, rule: UpdateRule, segment: SegmentArrays) {
  return {
    meanMemory: r(rule.meanMemory),
    meanShare: r(1 - rule.meanMemory),
    squareMemory: r(rule.squareMemory),
    squareShare: r(1 - rule.squareMemory),
    momentum: r(rule.momentum),
    momentumShare: r(1 - rule.momentum),
    epsilon: r(rule.epsilon),
    innerEpsilon: r(rule.innerEpsilon),
    directionL2: r(rule.directionL2),
    stepSize: r(segment.stepSize),
    decay: r(segment.decay),
    gradientFactor: r(segment.gradientFactor),
    meanFactor: r(segment.meanFactor),
    correction: r(segment.correction),
    meanCorrection: r(segment.meanCorrection),
    averageShare: r(segment.averageShare),
  };
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

/** Over chunks of the dense flat index. */
export function sumOfSquares({ values, rows, width }: GradientArrays): number {
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

/** Moves one element of a moment, and returns it. */
type Move = (index: number, value: number) => number;

/** A running mean of values. */
function meanMove({ round: r }: Arithmetic, { meanMemory, meanShare }: Numbers, mean: Floats): Move {
  return (i, value) => (mean[i] = flush(r(r(meanMemory * mean[i]!) + r(meanShare * value))));
}

/** A running mean of their squares. */
function squareMove({ round: r }: Arithmetic, { squareMemory, squareShare }: Numbers, square: Floats): Move {
  return (i, value) => (square[i] = flush(r(r(squareMemory * square[i]!) + r(r(squareShare * value) * value))));
}

/** `velocity = momentum * velocity + step`. */
function velocityMove({ round: r }: Arithmetic, { momentum }: Numbers, velocity: Floats): Move {
  return (i, step) => (velocity[i] = flush(r(r(momentum * velocity[i]!) + step)));
}

/** `parameter = decay * parameter - stepSize * direction`. */
function descent({ round: r }: Arithmetic, { decay, stepSize }: Numbers, parameter: Floats): Move {
  return (i, direction) => (parameter[i] = r(r(parameter[i]! * decay) - r(stepSize * direction)));
}

/** Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch orders the operations; with a largest square, AMSGrad. */
function adamUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { correction, epsilon } = numbers;
  const { largest } = moments;
  const moveMean = meanMove(math, numbers, moments.mean!);
  const moveSquare = squareMove(math, numbers, moments.square!);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const m = moveMean(i, g);
    let v = moveSquare(i, g);
    if (largest) largest[i] = v = Math.max(largest[i]!, v);
    descend(i, r(m / r(r(r(Math.sqrt(v)) / correction) + epsilon)));
  };
}

/** NAdam (Dozat 2016), as PyTorch orders the operations. */
function nadamUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { correction, epsilon, gradientFactor, meanFactor } = numbers;
  const moveMean = meanMove(math, numbers, moments.mean!);
  const moveSquare = squareMove(math, numbers, moments.square!);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const ahead = r(r(g * gradientFactor) + r(moveMean(i, g) * meanFactor));
    descend(i, r(ahead / r(r(Math.sqrt(r(moveSquare(i, g) / correction))) + epsilon)));
  };
}

/** Adamax (Kingma & Ba 2015, section 7.1). */
function adamaxUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { squareMemory, epsilon, innerEpsilon } = numbers;
  const largest = moments.largest!;
  const moveMean = meanMove(math, numbers, moments.mean!);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const m = moveMean(i, g);
    const size = Math.max(r(Math.abs(g) + innerEpsilon), TINY_MOMENT);
    largest[i] = Math.max(r(largest[i]! * squareMemory), size);
    descend(i, r(m / r(largest[i]! + epsilon)));
  };
}

/** The direction of LAMB (You et al. 2020, algorithm 2); how long that is decides the size of the step. */
function lambUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { correction, meanCorrection, epsilon, directionL2 } = numbers;
  const direction = moments.velocity!;
  const moveMean = meanMove(math, numbers, moments.mean!);
  const moveSquare = squareMove(math, numbers, moments.square!);
  return (i, g) => {
    const m = moveMean(i, g);
    const denominator = r(r(r(r(Math.sqrt(moveSquare(i, g))) / correction) + epsilon) * meanCorrection);
    direction[i] = r(r(m / denominator) + r(parameter[i]! * directionL2));
  };
}

/**
 * RMSprop (Tieleman & Hinton 2012; centered: Graves 2013, equations 38 to 45), as PyTorch orders the operations. A variance
 * that rounding made negative counts as 0, where PyTorch gives NaN.
 */
function rmspropUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { epsilon, innerEpsilon, gradientFactor } = numbers;
  const moveSquare = squareMove(math, numbers, moments.square!);
  const moveMean = moments.mean && meanMove(math, numbers, moments.mean);
  const moveVelocity = moments.velocity && velocityMove(math, numbers, moments.velocity);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    let variance = moveSquare(i, g);
    if (moveMean) {
      const mean = moveMean(i, g);
      variance = Math.max(r(variance - r(mean * mean)), 0);
    }
    const step = r(g / r(r(Math.sqrt(r(variance + innerEpsilon))) + epsilon));
    descend(i, moveVelocity ? moveVelocity(i, r(gradientFactor * step)) : step);
  };
}

/** Adagrad (Duchi et al. 2011), as PyTorch orders the operations. */
function adagradUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { epsilon, innerEpsilon } = numbers;
  const squares = moments.square!;
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const v = flush(r(squares[i]! + r(g * g)));
    squares[i] = v;
    descend(i, r(g / r(r(Math.sqrt(r(v + innerEpsilon))) + epsilon)));
  };
}

/** Adadelta (Zeiler 2012), as PyTorch orders the operations. */
function adadeltaUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { epsilon } = numbers;
  const stepSquares = moments.velocity!;
  const moveSquare = squareMove(math, numbers, moments.square!);
  const moveStepSquare = squareMove(math, numbers, stepSquares);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const v = moveSquare(i, g);
    const step = r(r(Math.sqrt(r(r(stepSquares[i]! + epsilon) / r(v + epsilon)))) * g);
    moveStepSquare(i, step);
    descend(i, step);
  };
}

/** Stochastic gradient descent with PyTorch's momentum (`velocity = momentum * velocity + gradient`). */
function sgdUpdate(
  math: Arithmetic,
  numbers: Numbers,
  { parameter, moments }: SegmentArrays,
  isNesterov: boolean,
): Update {
  const r = math.round;
  const { momentum, gradientFactor } = numbers;
  const moveVelocity = moments.velocity && velocityMove(math, numbers, moments.velocity);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    if (!moveVelocity) {
      descend(i, g);
      return;
    }
    const part = r(gradientFactor * g);
    const velocity = moveVelocity(i, part);
    descend(i, isNesterov ? r(part + r(momentum * velocity)) : velocity);
  };
}

/** Averaged stochastic gradient descent (Polyak & Juditsky 1992). */
function asgdUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { averageShare } = numbers;
  const average = moments.average!;
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const weight = descend(i, g);
    average[i] = averageShare === 1 ? weight : r(average[i]! + r(r(weight - average[i]!) * averageShare));
  };
}

/** Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2). */
function lionUpdate(math: Arithmetic, numbers: Numbers, { parameter, moments }: SegmentArrays): Update {
  const r = math.round;
  const { momentum, momentumShare } = numbers;
  const mean = moments.mean!;
  const moveMean = meanMove(math, numbers, mean);
  const descend = descent(math, numbers, parameter);
  return (i, g) => {
    const direction = r(r(momentum * mean[i]!) + r(momentumShare * g));
    moveMean(i, g);
    descend(i, direction > 0 ? 1 : direction < 0 ? -1 : 0);
  };
}
