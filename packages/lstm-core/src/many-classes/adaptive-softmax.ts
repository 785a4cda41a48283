/** A softmax over many classes that computes little for rare ones (Grave et al. 2017, arXiv:1609.04309). */
import {
  add,
  argMax,
  concat,
  gatherRows,
  logSoftmax,
  mul,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  slice,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { Linear } from "../layers/linear.ts";
import { ClassTargets } from "../losses/class-targets.ts";
import { type CountOptions, countOptionNames } from "../losses/counted-targets.ts";
import { crossEntropy, linearCrossEntropy } from "../losses/cross-entropy.ts";
import { type Module, namedParameters } from "../module.ts";
import { spreadRows } from "../padding.ts";

export interface AdaptiveSoftmaxOptions {
  readonly inputSize: number;
  /** Numbered by falling frequency. */
  readonly numClasses: number;
  /** Rising integers in `(0, numClasses)`: the first class of each cluster; those below the first one stand in the head. */
  readonly cutoffs: readonly number[];
  /** By how much the input of each cluster is smaller than that of the one before, a number >= 1. Default 4. */
  readonly divValue?: number | undefined;
  /** Whether the head has a bias. Default false. */
  readonly headBias?: boolean | undefined;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<AdaptiveSoftmaxOptions> = {
  inputSize: true,
  numClasses: true,
  cutoffs: true,
  divValue: true,
  headBias: true,
  stream: true,
};

/** Rare classes: their place in the head, and the two layers that tell them apart. */
interface Cluster {
  /** Classes `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** `[inputSize, inputSize / divValue^n]` for the n-th cluster. */
  readonly narrow: Linear;
  readonly output: Linear;
}

/** As PyTorch's `AdaptiveLogSoftmaxWithLoss`, whose names its parameters have. */
export class AdaptiveSoftmax implements Module {
  readonly inputSize: number;
  readonly numClasses: number;
  readonly #head: Linear;
  readonly #clusters: readonly Cluster[];
  /** Classes that stand in the head. */
  readonly #shortlist: number;

  /** @throws {OptionError} if an option is unknown or out of range */
  constructor(session: Session, options: AdaptiveSoftmaxOptions) {
    requireKnownOptions("AdaptiveSoftmax", options, optionNames);
    const { inputSize, numClasses, cutoffs, divValue = 4, headBias = false, stream } = options;
    requireSize("AdaptiveSoftmax", "inputSize", inputSize);
    requireSize("AdaptiveSoftmax", "numClasses", numClasses);
    requireCutoffs(cutoffs, numClasses);
    if (!(divValue >= 1)) throw new OptionError("AdaptiveSoftmax", "divValue", "a number >= 1", divValue);
    this.inputSize = inputSize;
    this.numClasses = numClasses;
    this.#shortlist = cutoffs[0]!;
    const layer = (name: string, from: number, to: number, bias = false) => {
      return new Linear(session, { inputSize: from, outputSize: to, bias, stream: stream.fork(name) });
    };
    this.#head = layer("head", inputSize, this.#shortlist + cutoffs.length, headBias);
    this.#clusters = cutoffs.map((start, index) => {
      const end = cutoffs[index + 1] ?? numClasses;
      const size = narrowSize(inputSize, divValue, index);
      return {
        start,
        end,
        narrow: layer(`tail.${index}.0`, inputSize, size),
        output: layer(`tail.${index}.1`, size, end - start),
      };
    });
  }

  /**
   * Mean cross-entropy over the counted targets.
   *
   * @param x        `[..., inputSize]`
   * @param targets  a class for each row of the last axis, of which -1 is not counted
   * @returns shape `[]`, nats; 0 if no target counts
   * @throws {ShapeError} unless there is one target for each row, and lengths, mask and weights fit
   * @throws {IndexError} if a target that counts is no class
   */
  loss(x: Tensor, targets: ArrayLike<number>, options: CountOptions = {}): Tensor {
    requireKnownOptions("AdaptiveSoftmax.loss", options, countOptionNames);
    this.#requireInput("AdaptiveSoftmax.loss", x);
    const rows = x.size / this.inputSize;
    if (targets.length !== rows) throw new ShapeError("AdaptiveSoftmax.loss", `${rows} targets`, `${targets.length}`);
    const wanted = new ClassTargets("AdaptiveSoftmax.loss", x, targets, options, this.numClasses);
    const { counted } = wanted;
    const classes = wanted.numbers!;
    const real = counted.pick(x); // [count, inputSize]
    const ofHead = classes.map((target) => this.#placeInHead(target));
    const parts = this.#clusters.flatMap((cluster) => {
      const members = numbersWhere(classes, (target) => target >= cluster.start && target < cluster.end);
      const own = members.map((row) => classes[row]! - cluster.start);
      return members.length === 0
        ? []
        : [{ cluster, members, own, input: cluster.narrow.forward(gatherRows(real, members)) }];
    });
    if (!counted.isPlainMean || classes.length === 0) {
      const each = parts.map(({ cluster, members, own, input }) => {
        const losses = crossEntropy(cluster.output.forward(input), own, { reduction: "none" });
        return reshape(spreadRows([reshape(losses, [members.length, 1])], members, classes.length), [classes.length]);
      });
      return counted.reduce(each.reduce(add, crossEntropy(this.#head.forward(real), ofHead, { reduction: "none" })));
    }
    // The output layers with their losses are one op each; the means of the clusters have the share of their members.
    const { weight, bias } = this.#head;
    return parts
      .map(({ cluster, members, own, input }) => {
        return mul(linearCrossEntropy(input, cluster.output.weight, own), members.length / classes.length);
      })
      .reduce(add, linearCrossEntropy(real, weight, ofHead, { bias }));
  }

  /** Natural-log probabilities of all classes: `[..., inputSize]` to `[..., numClasses]`. */
  logProbs(x: Tensor): Tensor {
    this.#requireInput("AdaptiveSoftmax.logProbs", x);
    const rows = reshape(x, [x.size / this.inputSize, this.inputSize]);
    const head = logSoftmax(this.#head.forward(rows)); // [rows, shortlist + clusters]
    const parts = this.#clusters.map(({ narrow, output }, index) => {
      const place = this.#shortlist + index;
      return add(logSoftmax(output.forward(narrow.forward(rows))), slice(head, 1, place, place + 1));
    });
    const all = concat([slice(head, 1, 0, this.#shortlist), ...parts], 1);
    return reshape(all, [...x.shape.slice(0, -1), this.numClasses]);
  }

  /** The most probable class of each row, int32: `[..., inputSize]` to `[...]`; nothing is recorded. */
  predict(x: Tensor): Tensor {
    return x.session.noGrad(() => x.session.tidy(() => argMax(this.logProbs(x))));
  }

  parameters(): Map<string, Tensor> {
    const tail = this.#clusters.flatMap(({ narrow, output }, index) => [
      [`tail.${index}.0`, narrow] as const,
      [`tail.${index}.1`, output] as const,
    ]);
    return namedParameters({ head: this.#head, ...Object.fromEntries(tail) });
  }

  /** A frequent class itself, or the cluster of a rare one. */
  #placeInHead(target: number): number {
    if (target < this.#shortlist) return target;
    return this.#shortlist + this.#clusters.findIndex(({ end }) => target < end);
  }

  #requireInput(owner: string, x: Tensor): void {
    if (x.shape.at(-1) !== this.inputSize) throw new ShapeError(owner, `x of shape [..., ${this.inputSize}]`, x.shape);
  }
}

/** Size of a cluster's input, at least 1. */
function narrowSize(inputSize: number, divValue: number, index: number): number {
  let size = inputSize;
  for (let i = 0; i <= index; i++) size /= divValue;
  return Math.max(1, Math.floor(size));
}

function numbersWhere(values: Int32Array, holds: (value: number) => boolean): Int32Array {
  return Int32Array.from(values.keys()).filter((index) => holds(values[index]!));
}

function requireCutoffs(cutoffs: readonly number[], numClasses: number): void {
  const isRising = cutoffs.every((cutoff, index) => Number.isInteger(cutoff) && cutoff > (cutoffs[index - 1] ?? 0));
  if (cutoffs.length === 0 || !isRising || cutoffs.at(-1)! >= numClasses) {
    const expected = `rising integers in (0, ${numClasses}), at least one`;
    throw new OptionError("AdaptiveSoftmax", "cutoffs", expected, `[${cutoffs.join(", ")}]`);
  }
}
