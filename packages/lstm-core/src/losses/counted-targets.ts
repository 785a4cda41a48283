/** Which targets of a loss count, how much each does, and how their losses become one number: the same in every loss. */
import {
  concat,
  div,
  gatherRows,
  mean,
  mul,
  OptionError,
  type OptionNames,
  reshape,
  ShapeError,
  sum,
  Tensor,
} from "@cellstate/tensor";
import { requireChoice, requireLengths } from "../errors.ts";

/** All that {@link CountOptions.reduction} may be. */
export const reductions = ["weightedMean", "mean", "sum", "none"] as const;
export type Reduction = (typeof reductions)[number];

/** What every loss takes. What does not count may be NaN on either side, and changes no bit of the loss or of a gradient. */
export interface CountOptions {
  /** `[batch]`: real steps of each row of targets `[batch, time, ...]`, in `[0, time]`; later ones do not count. Default: all do. */
  readonly lengths?: Int32Array | undefined;
  /** True or 1 where a target counts; one for each target or, as for `weights`, for each part of them. Default: all count. */
  readonly mask?: ArrayLike<number | boolean> | undefined;
  /**
   * Finite numbers >= 0, the share of each target in the mean; one of weight 0 does not count. One for each target, or one for each
   * index of the leading axes: of targets `[batch, time]` also `[batch]`. Default: all 1.
   */
  readonly weights?: ArrayLike<number> | undefined;
  /**
   * - `weightedMean` (the default): the weighted sum over the sum of the weights, or 0 if nothing counts;
   * - `mean`: the weighted sum over the number of targets that `lengths` and `mask` leave, whatever their weight, as in Keras;
   * - `sum`: the weighted sum;
   * - `none`: the weighted loss of each target in the targets' shape, 0 where none counts.
   */
  readonly reduction?: Reduction | undefined;
}

export const countOptionNames: OptionNames<CountOptions> = {
  lengths: true,
  mask: true,
  weights: true,
  reduction: true,
};

export class CountedTargets {
  readonly #owner: string;
  /** Of all targets. */
  readonly #shape: readonly number[];
  readonly #reduction: Reduction;
  /**
   * Flat numbers of the targets that count, rising; undefined where nothing asks which do. Where all turn out to, they are picked all
   * the same, so that a padded batch goes the same way, down to the sign of a zero.
   */
  readonly #places: Int32Array | undefined;
  /** Of the targets that count; undefined where all are 1. */
  readonly #weights: Float64Array | undefined;
  /** Targets within lengths and mask, whatever their weight. */
  readonly #unmasked: number;

  /**
   * @param owner  the loss, for messages
   * @param shape  of the targets
   * @param isTarget  false for a flat place where there is none. Default: there is one everywhere
   * @throws {ShapeError} if lengths, mask or weights do not fit the shape
   * @throws {OptionError} if a weight is negative or not finite, or the reduction is none of {@link reductions}
   */
  constructor(owner: string, shape: readonly number[], options: CountOptions, isTarget?: (place: number) => boolean) {
    const { lengths, mask, weights, reduction = "weightedMean" } = options;
    requireChoice(owner, "reduction", reduction, reductions);
    this.#owner = owner;
    this.#shape = shape;
    this.#reduction = reduction;
    const allWeights = weights && spreadWeights(owner, shape, weights);
    const size = sizeOf(shape);
    let places = unmaskedTargets(owner, shape, lengths, mask);
    if (isTarget) places = (places ?? indices(size)).filter(isTarget);
    this.#unmasked = places?.length ?? size;
    if (allWeights) places = (places ?? indices(size)).filter((place) => allWeights[place]! > 0);
    this.#places = places;
    this.#weights = allWeights && this.pickValues(allWeights);
  }

  /**
   * The targets of a loss whose predictions have an axis behind them: one target for each index of the leading axes.
   *
   * @throws {ShapeError} on another number of targets, or as the constructor does
   */
  static ofRows(owner: string, predictions: Tensor, targets: ArrayLike<number>, options: CountOptions): CountedTargets {
    const shape = predictions.shape.slice(0, -1);
    if (targets.length !== sizeOf(shape)) throw new ShapeError(owner, `${sizeOf(shape)} targets`, `${targets.length}`);
    return new CountedTargets(owner, shape, options);
  }

  /** Targets that count. */
  get count(): number {
    return this.#places?.length ?? sizeOf(this.#shape);
  }

  /** Whether the loss is the plain mean over what counts, which some losses have as one op. */
  get isPlainMean(): boolean {
    return this.#weights === undefined && (this.#reduction === "weightedMean" || this.#reduction === "mean");
  }

  /**
   * @param x  `[...shape of the targets, ...rest]`
   * @returns `[count, ...rest]`, what belongs to the targets that count
   */
  pick(x: Tensor): Tensor {
    const rows = reshape(x, [sizeOf(this.#shape), ...x.shape.slice(this.#shape.length)]);
    return this.#places ? gatherRows(rows, this.#places) : rows;
  }

  /** The same of plain numbers, of which `width` belong to each target. */
  pickValues(values: ArrayLike<number>, width = 1): Float64Array {
    const places = this.#places;
    if (places === undefined) return Float64Array.from(values);
    const picked = new Float64Array(places.length * width);
    places.forEach((place, row) => {
      for (let i = 0; i < width; i++) picked[row * width + i] = values[place * width + i]!;
    });
    return picked;
  }

  /** Where the `index`-th target that counts stands, such as `[3, 0]`, and which of its numbers is meant if it has several. */
  placeOf(index: number, within?: number): string {
    const place = placeIn(this.#shape, this.#places?.[index] ?? index);
    return `[${(within === undefined ? place : [...place, within]).join(", ")}]`;
  }

  /**
   * @param losses  `[count]`, the loss of each target that counts
   * @param shares  `[count]`: what the weight of each is multiplied by in the divisor of the weighted mean, such as the weight of its
   *                class. Default: all 1
   * @returns shape `[]`, or that of the targets where nothing is reduced
   */
  reduce(losses: Tensor, shares?: ArrayLike<number>): Tensor {
    const weights = this.#weights;
    const weighted = weights ? mul(losses, losses.session.tensor(weights, losses.shape)) : losses;
    switch (this.#reduction) {
      case "none":
        return this.#spread(weighted);
      case "sum":
        return sum(weighted);
      case "mean":
        return this.count === 0 ? sum(weighted) : div(sum(weighted), this.#unmasked);
      case "weightedMean": {
        if (this.count === 0) return sum(weighted);
        if (weights === undefined && shares === undefined) return mean(weighted);
        const total = sumOfProducts(this.count, weights, shares);
        return total === 0 ? mul(sum(weighted), 0) : div(sum(weighted), total);
      }
      default:
        throw new OptionError(this.#owner, "reduction", "known", this.#reduction satisfies never);
    }
  }

  /** `[count]` to the targets' shape; 0 where none counts. */
  #spread(losses: Tensor): Tensor {
    if (this.#places === undefined) return reshape(losses, this.#shape);
    const sources = new Int32Array(sizeOf(this.#shape)).fill(this.count); // the zero behind all losses
    this.#places.forEach((place, row) => {
      sources[place] = row;
    });
    return reshape(gatherRows(concat([losses, losses.session.zeros([1])], 0), sources), this.#shape);
  }
}

/** Index of a flat place within a shape. */
function placeIn(shape: readonly number[], place: number): number[] {
  const index: number[] = [];
  let rest = place;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

/** Whole numbers below `count`. */
function indices(count: number): Int32Array {
  const all = new Int32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

function sumOfProducts(count: number, a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += (a?.[i] ?? 1) * (b?.[i] ?? 1);
  return total;
}

/** Flat numbers of the targets within lengths and mask, rising; undefined where neither is given. */
function unmaskedTargets(
  owner: string,
  shape: readonly number[],
  lengths: Int32Array | undefined,
  mask: ArrayLike<number | boolean> | undefined,
): Int32Array | undefined {
  let places: Int32Array | undefined;
  if (lengths !== undefined) {
    const [batchSize = 0, seqLen = 0, ...rest] = shape;
    if (shape.length < 2) throw new ShapeError(owner, "targets of shape [batch, time, ...] beside lengths", shape);
    requireLengths(owner, lengths, batchSize, seqLen);
    const stepSize = sizeOf(rest);
    const rowSize = seqLen * stepSize;
    places = indices(sizeOf(shape)).filter((place) => {
      const row = Math.floor(place / rowSize);
      return place - row * rowSize < lengths[row]! * stepSize;
    });
  }
  if (mask !== undefined) {
    const partSize = sizeOfPart(owner, "mask", shape, mask);
    for (let part = 0; part < mask.length; part++) {
      const value = Number(mask[part]);
      if (value !== 0 && value !== 1) {
        throw new OptionError(owner, "mask", "true, false, 0 or 1", `${mask[part]} at position ${part}`);
      }
    }
    places = (places ?? indices(sizeOf(shape))).filter((place) => Number(mask[Math.floor(place / partSize)]) === 1);
  }
  return places;
}

/** One weight for each target. */
function spreadWeights(owner: string, shape: readonly number[], weights: ArrayLike<number>): Float64Array {
  const partSize = sizeOfPart(owner, "weights", shape, weights);
  for (let part = 0; part < weights.length; part++) {
    const weight = weights[part]!;
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new OptionError(owner, "weights", "finite numbers >= 0", `${weight} at position ${part}`);
    }
  }
  const spread = new Float64Array(sizeOf(shape));
  for (let part = 0; part < weights.length; part++) spread.fill(weights[part]!, part * partSize, (part + 1) * partSize);
  return spread;
}

/** Targets that share one of `values`, which has one for each index of some leading axes. */
function sizeOfPart(owner: string, name: string, shape: readonly number[], values: ArrayLike<unknown>): number {
  const size = sizeOf(shape);
  const counts = [...new Set(shape.map((_, axis) => sizeOf(shape.slice(0, axis + 1))).toReversed())];
  if (shape.length === 0) counts.push(1);
  if (!counts.includes(values.length)) {
    throw new ShapeError(owner, `${name} of ${counts.join(" or ")} numbers`, `${values.length}`);
  }
  return values.length === 0 ? 1 : size / values.length;
}

/** @throws {OptionError} unless targets are numbers in a list; a tensor's are read first */
export function requireTargets(owner: string, targets: ArrayLike<number>): void {
  if (typeof targets === "object" && targets !== null && typeof targets.length === "number") return;
  const hint = targets instanceof Tensor ? "a tensor; give await tensor.read()" : targets;
  throw new OptionError(owner, "targets", "numbers, such as [0, 2, 1]", hint);
}
