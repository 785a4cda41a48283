/** Targets of losses over classes: a class number or a probability for each class, for each row of scores. */
import { clamp, div, IndexError, log, logSoftmax, ShapeError, sum, type Tensor, unsqueeze } from "@cellstate/tensor";
import { CountedTargets, type CountOptions, sizeOf } from "./counted-targets.ts";
import { notNegative, pickTargets } from "./element-loss.ts";

/** What every loss over classes takes. */
export interface ClassLossOptions extends CountOptions {
  /** Whether scores are raw; otherwise probabilities, which are divided by their sum and kept 1e-7 away from 0 and 1. Default true. */
  readonly fromLogits?: boolean | undefined;
}

export class ClassTargets {
  readonly counted: CountedTargets;
  readonly classes: number;
  /** `[count]`: the class of each row that counts; undefined where targets are probabilities. */
  readonly numbers: Int32Array | undefined;
  readonly #probabilities: Float64Array | undefined;

  /**
   * @param scores   `[..., classes]`
   * @param classes  of which targets are numbers, where scores are not of classes. Default: the last extent of the scores
   * @param targets  a class for each row, of which -1 does not count, or `classes` probabilities for each row
   * @throws {ShapeError} on another number of targets, or if lengths, mask or weights do not fit
   * @throws {IndexError} naming the first target that counts and is no class
   * @throws {OptionError} naming the first probability that counts and is negative or not finite
   */
  constructor(
    owner: string,
    scores: Tensor,
    targets: ArrayLike<number>,
    options: CountOptions,
    classes: number = scores.shape.at(-1) ?? 0,
  ) {
    const shape = scores.shape.slice(0, -1);
    const rows = sizeOf(shape);
    this.classes = classes;
    if (targets.length === rows) {
      this.counted = new CountedTargets(owner, shape, options, (row) => targets[row] !== -1);
      const numbers = this.counted.pickValues(targets);
      const bad = numbers.findIndex((number) => !(Number.isInteger(number) && number >= 0 && number < classes));
      if (bad >= 0) {
        const place = this.counted.placeOf(bad);
        throw new IndexError(`${owner}: target ${numbers[bad]} at ${place} is not one of ${classes} classes`);
      }
      this.numbers = Int32Array.from(numbers);
    } else if (classes > 0 && targets.length === rows * classes) {
      this.counted = new CountedTargets(owner, shape, options);
      this.#probabilities = pickTargets(owner, this.counted, targets, notNegative, classes);
    } else {
      const expected = `${rows} class numbers or ${rows * classes} probabilities as targets`;
      throw new ShapeError(owner, expected, `${targets.length}`);
    }
  }

  /** `[count, classes]`, row-major; a class number is a probability of 1. */
  get probabilities(): Float64Array {
    if (this.#probabilities) return this.#probabilities;
    const oneHot = new Float64Array(this.counted.count * this.classes);
    this.numbers?.forEach((number, row) => {
      oneHot[row * this.classes + number] = 1;
    });
    return oneHot;
  }

  /**
   * The same with a share of each row's probability spread evenly over all classes.
   *
   * @param share  in `[0, 1)`
   */
  smoothed(share: number): Float64Array {
    const { probabilities } = this;
    return share === 0 ? probabilities : probabilities.map((value) => value * (1 - share) + share / this.classes);
  }
}

/** The least probability that is reckoned with, as in Keras. */
const LEAST_PROBABILITY = 1e-7;

/** Natural-log probabilities of rows `[count, classes]`. */
export function logProbsOf(rows: Tensor, fromLogits: boolean): Tensor {
  if (fromLogits) return rows.size === 0 ? rows : logSoftmax(rows);
  return log(clampProbability(div(rows, unsqueeze(sum(rows, 1), 1))));
}

export function clampProbability(x: Tensor): Tensor {
  return clamp(x, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
}
