/** Keras's schedules: the learning rate of each step from how many were taken. */
import { OptionError, requireKnownOptions, scalar } from "@cellstate/tensor";
import { findByName } from "../names.ts";

/** A fall by a factor, or by the inverse of time. */
interface RateDecay {
  readonly initialLearningRate: number;
  /** Steps after which the rate has fallen by `decayRate`. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Whether it falls once every `decaySteps` rather than at each step. Default false. */
  readonly staircase?: boolean | undefined;
}

interface PolynomialDecay {
  readonly initialLearningRate: number;
  /** Steps after which it is at its end. */
  readonly decaySteps: number;
  /** Default 1e-4. */
  readonly endLearningRate?: number | undefined;
  /** Default 1: a line. */
  readonly power?: number | undefined;
  /** Whether it rises again at the end and falls over twice, three times, ... as many steps. Default false. */
  readonly cycle?: boolean | undefined;
}

interface PiecewiseConstantDecay {
  /** Steps up to which each value holds, rising. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}

interface CosineDecay {
  /** Where the warm-up begins, or the fall where there is none. */
  readonly initialLearningRate: number;
  /** Of the fall. */
  readonly decaySteps: number;
  /** Share of the rate that is left at its end. Default 0. */
  readonly alpha?: number | undefined;
  /** Where the warm-up ends. Default: there is none. */
  readonly warmupTarget?: number | null | undefined;
  /** Default 0. */
  readonly warmupSteps?: number | undefined;
}

interface CosineDecayRestarts {
  readonly initialLearningRate: number;
  /** Steps of the first fall. */
  readonly firstDecaySteps: number;
  /** How many times as long each fall is as the one before it. Default 2. */
  readonly tMul?: number | undefined;
  /** How many times as high it begins. Default 1. */
  readonly mMul?: number | undefined;
  /** Share of the rate that is left at the end of a fall. Default 0. */
  readonly alpha?: number | undefined;
}

/** A schedule by Keras's name with its options, or a function of the steps taken so far. */
export type LearningRateSchedule =
  | ({ readonly kind: "exponentialDecay" | "inverseTimeDecay" } & RateDecay)
  | ({ readonly kind: "polynomialDecay" } & PolynomialDecay)
  | ({ readonly kind: "piecewiseConstantDecay" } & PiecewiseConstantDecay)
  | ({ readonly kind: "cosineDecay" } & CosineDecay)
  | ({ readonly kind: "cosineDecayRestarts" } & CosineDecayRestarts)
  | ((step: number) => number);

/** The learning rate of a step, of which so many came before it. */
export type RateOfStep = (step: number) => number;

interface ScheduleEntry {
  /** Numbers that it needs. */
  readonly needs: readonly string[];
  /** Other options. */
  readonly takes: readonly string[];
  make(options: never): RateOfStep;
}

const steps = (step: number, { decaySteps, staircase = false }: RateDecay) =>
  staircase ? Math.floor(step / decaySteps) : step / decaySteps;

const rateDecay = { needs: ["initialLearningRate", "decaySteps", "decayRate"], takes: ["staircase"] };

const entries: Readonly<Record<string, ScheduleEntry>> = {
  exponentialDecay: {
    ...rateDecay,
    make: (options: RateDecay) => (step) =>
      options.initialLearningRate * scalar.pow(options.decayRate, steps(step, options)),
  },
  inverseTimeDecay: {
    ...rateDecay,
    make: (options: RateDecay) => (step) =>
      options.initialLearningRate / (1 + options.decayRate * steps(step, options)),
  },
  polynomialDecay: {
    needs: ["initialLearningRate", "decaySteps"],
    takes: ["endLearningRate", "power", "cycle"],
    make: polynomialDecay,
  },
  piecewiseConstantDecay: { needs: [], takes: ["boundaries", "values"], make: piecewiseConstantDecay },
  cosineDecay: {
    needs: ["initialLearningRate", "decaySteps"],
    takes: ["alpha", "warmupTarget", "warmupSteps"],
    make: cosineDecay,
  },
  cosineDecayRestarts: {
    needs: ["initialLearningRate", "firstDecaySteps"],
    takes: ["tMul", "mMul", "alpha"],
    make: cosineDecayRestarts,
  },
};

/** Options that are no numbers. */
const notNumbers: readonly string[] = ["staircase", "cycle", "boundaries", "values", "warmupTarget"];

/**
 * The rates that a schedule gives.
 *
 * @throws {OptionError} if there is no such schedule, naming the nearest, or an option is unknown, missing or out of range
 */
export function ratesOf(schedule: LearningRateSchedule): RateOfStep {
  if (typeof schedule === "function") return (step) => requireRate(schedule(step));
  const { kind, ...options } = schedule;
  const name = String(kind);
  const { needs, takes, make } = findByName(
    "compile",
    "kind of the learningRate",
    entries,
    name.slice(0, 1).toLowerCase() + name.slice(1),
  );
  requireKnownOptions(name, options, Object.fromEntries([...needs, ...takes].map((option) => [option, true as const])));
  const given = options as Readonly<Record<string, unknown>>;
  for (const option of [...needs, ...Object.keys(given).filter((one) => !notNumbers.includes(one))]) {
    const value = given[option];
    if (!needs.includes(option) && value === undefined) continue;
    const isStepCount = option === "decaySteps" || option === "firstDecaySteps";
    if (!(Number.isFinite(value) && (isStepCount ? (value as number) > 0 : (value as number) >= 0))) {
      throw new OptionError(name, option, `a finite number ${isStepCount ? ">" : ">="} 0`, value);
    }
  }
  return make(given as never);
}

function requireRate(rate: number): number {
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new OptionError("compile", "learningRate", "a function that gives a finite number >= 0", rate);
}

function polynomialDecay(options: PolynomialDecay): RateOfStep {
  const { initialLearningRate, decaySteps, endLearningRate = 1e-4, power = 1, cycle = false } = options;
  return (step) => {
    const length = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const left = 1 - Math.min(step / length, 1);
    return (initialLearningRate - endLearningRate) * (left === 0 ? 0 : scalar.pow(left, power)) + endLearningRate;
  };
}

function piecewiseConstantDecay({ boundaries, values }: PiecewiseConstantDecay): RateOfStep {
  const isRising =
    Array.isArray(boundaries) && boundaries.every((one, at) => at === 0 || one > (boundaries as number[])[at - 1]!);
  if (!isRising) throw new OptionError("piecewiseConstantDecay", "boundaries", "a list of rising steps", boundaries);
  if (!Array.isArray(values) || values.length !== boundaries.length + 1) {
    const wanted = `${boundaries.length + 1} numbers, one more than boundaries`;
    throw new OptionError("piecewiseConstantDecay", "values", wanted, values);
  }
  return (step) => {
    const at = boundaries.findIndex((boundary) => step <= boundary);
    return requireRate((values as readonly number[]).at(at)!);
  };
}

/** Half a cosine from 1 to `alpha`. */
function halfCosine(share: number, alpha: number, height = 1): number {
  return (1 - alpha) * height * 0.5 * (1 + scalar.cos(Math.PI * share)) + alpha;
}

function cosineDecay(options: CosineDecay): RateOfStep {
  const { initialLearningRate, decaySteps, alpha = 0, warmupTarget, warmupSteps = 0 } = options;
  const isWarming = warmupTarget !== null && warmupTarget !== undefined;
  const top = isWarming ? warmupTarget : initialLearningRate;
  const warming = isWarming ? warmupSteps : 0;
  return (step) =>
    step < warming
      ? initialLearningRate + (top - initialLearningRate) * (step / warming)
      : top * halfCosine(Math.min((step - warming) / decaySteps, 1), alpha);
}

function cosineDecayRestarts(options: CosineDecayRestarts): RateOfStep {
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  if (tMul < 1) throw new OptionError("cosineDecayRestarts", "tMul", "a number >= 1", tMul);
  return (step) => {
    let [start, length, height] = [0, firstDecaySteps, 1];
    if (tMul === 1) {
      const fall = Math.floor(step / length);
      [start, height] = [fall * length, scalar.pow(mMul, fall)];
    }
    for (; step >= start + length; length *= tMul, height *= mMul) start += length;
    return initialLearningRate * halfCosine((step - start) / length, alpha, height);
  };
}
