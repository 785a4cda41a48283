/** Convolution over the time of padded sequences. */
import {
  add,
  linear,
  matmul,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  type Tensor,
  transpose,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { type Initializer, uniform, zeros } from "../initializers/initializer.ts";
import { scatterRows } from "../layers/packing.ts";
import { makeParameter } from "../layers/parameter.ts";
import { type Module, namedParameters } from "../module.ts";
import { type Padding, requireWindows, rowsOrZeros, seenSteps, type Windows, windowCount } from "./windows.ts";

export interface Conv1dOptions {
  readonly inputSize: number;
  /** Filters. */
  readonly outputSize: number;
  /** Steps that a filter sees. */
  readonly kernelSize: number;
  /** Steps from one output to the next. Default 1. */
  readonly stride?: number | undefined;
  /** Steps from one that a filter sees to the next. Default 1. */
  readonly dilation?: number | undefined;
  /** Default `valid`. */
  readonly padding?: Padding | undefined;
  /** Equal parts of the input features, each seen by an equal part of the filters; must divide both sizes. Default 1. */
  readonly groups?: number | undefined;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<Conv1dOptions> = {
  inputSize: true,
  outputSize: true,
  kernelSize: true,
  stride: true,
  dilation: true,
  padding: true,
  groups: true,
  bias: true,
  stream: true,
};

/**
 * Filters that see the steps around each one. A row ends at its length: what stands behind it is never seen, and zeros are padded where the
 * row itself ends, so that a row gives the same alone and in a batch.
 *
 * Parameters have PyTorch's names and shapes. The weight starts Glorot uniform, as in Keras, the bias 0.
 */
export class Conv1d implements Module {
  /** `[outputSize, inputSize / groups, kernelSize]` */
  readonly weight: Tensor;
  /** `[outputSize]` */
  readonly bias: Tensor | undefined;
  readonly outputSize: number;
  readonly #inputSize: number;
  readonly #groups: number;
  readonly #windows: Windows;

  /** @throws {OptionError} if an option is unknown or outside its range, or `groups` divides not both sizes */
  constructor(session: Session, options: Conv1dOptions) {
    requireKnownOptions("Conv1d", options, optionNames);
    const { inputSize, outputSize, kernelSize, stride = 1, dilation = 1, padding = "valid", groups = 1 } = options;
    requireSize("Conv1d", "inputSize", inputSize);
    requireSize("Conv1d", "outputSize", outputSize);
    requireSize("Conv1d", "groups", groups);
    this.#windows = { kernelSize, stride, dilation, padding };
    requireWindows("Conv1d", this.#windows);
    if (inputSize % groups !== 0 || outputSize % groups !== 0) {
      throw new OptionError(
        "Conv1d",
        "groups",
        `a divisor of inputSize ${inputSize} and outputSize ${outputSize}`,
        groups,
      );
    }
    this.outputSize = outputSize;
    this.#inputSize = inputSize;
    this.#groups = groups;
    const { bias = true, stream } = options;
    const shape = [outputSize, inputSize / groups, kernelSize];
    this.weight = makeParameter(session, { name: "weight", shape, initializer: glorotFilters, stream });
    if (bias) this.bias = makeParameter(session, { name: "bias", shape: [outputSize], initializer: zeros, stream });
  }

  /**
   * @param x        `[batch, time, inputSize]`
   * @param lengths  `[batch]`: real steps of each row. Default: all
   * @returns `[batch, outputLength(time), outputSize]`, 0 behind the output length of each row
   * @throws {ShapeError} if `x` has another shape, or a length lies outside `[0, time]`
   */
  forward(x: Tensor, lengths?: Int32Array): Tensor {
    const [batchSize, seqLen, inputSize] = x.shape as [number, number, number];
    if (x.shape.length !== 3 || inputSize !== this.#inputSize) {
      throw new ShapeError("Conv1d", `input of shape [batch, time, ${this.#inputSize}]`, x.shape);
    }
    const { rows, places, steps } = seenSteps("Conv1d", this.#windows, { batchSize, seqLen, lengths });
    const seen = rowsOrZeros(reshape(x, [batchSize * seqLen, inputSize]), rows); // [outputs * kernelSize, inputSize]
    const outputs = this.#filter(reshape(seen, [places.length, this.#windows.kernelSize, inputSize]));
    return reshape(scatterRows(outputs, places, batchSize * steps), [batchSize, steps, this.outputSize]);
  }

  /** Steps of the output for `length` steps of the input. */
  outputLength(length: number): number {
    return windowCount(length, this.#windows);
  }

  /** Real steps of each row of the output. */
  outputLengths(lengths: Int32Array): Int32Array {
    return lengths.map((length) => this.outputLength(length));
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ weight: this.weight, ...(this.bias && { bias: this.bias }) });
  }

  /** `[outputs, kernelSize, inputSize]` to `[outputs, outputSize]`. */
  #filter(seen: Tensor): Tensor {
    const [outputs, kernelSize, inputSize] = seen.shape as [number, number, number];
    const filters = transpose(this.weight, [0, 2, 1]); // [outputSize, kernelSize, inputSize / groups]
    if (this.#groups === 1) {
      const width = kernelSize * inputSize;
      return linear(reshape(seen, [outputs, width]), reshape(filters, [this.outputSize, width]), this.bias);
    }
    const groups = this.#groups;
    const width = (kernelSize * inputSize) / groups;
    const apart = transpose(reshape(seen, [outputs, kernelSize, groups, inputSize / groups]), [2, 0, 1, 3]);
    const filtersApart = reshape(filters, [groups, this.outputSize / groups, width]);
    const products = matmul(reshape(apart, [groups, outputs, width]), filtersApart, { transposeB: true });
    const joined = reshape(transpose(products, [1, 0, 2]), [outputs, this.outputSize]);
    return this.bias === undefined ? joined : add(joined, this.bias);
  }
}

/** Glorot uniform for filters `[outputSize, inputSize, ...kernel]`: each weight is one of `kernel` many between two features. */
export const glorotFilters: Initializer = (shape, stream, session) => {
  const [outputSize = 1, inputSize = 1, ...kernel] = shape;
  const bound = Math.sqrt(6 / ((inputSize + outputSize) * kernel.reduce((product, length) => product * length, 1)));
  return uniform(-bound, bound)(shape, stream, session);
};
