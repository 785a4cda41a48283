/** LSTM layers over grids: at each place an LSTM cell that sees the input and the hidden states around it (Shi et al. 2015). */
import {
  type LstmState,
  type LstmWeights,
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
import { type LstmCellOptions, lstmCell } from "../cells/lstm-cell.ts";
import { requireLengths, requireSize } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, perGate } from "../initializers/per-gate.ts";
import { makeParameter } from "../layers/parameter.ts";
import { type ActivationOptions, recurrentFunction } from "../layers/recurrent-activations.ts";
import { walkRows } from "../layers/walk-rows.ts";
import { type Module, namedParameters } from "../module.ts";
import { glorotFilters } from "./conv1d.ts";
import { type GridWindows, gridWindows, type Padding, requireWindows, rowsOrZeros, type Windows } from "./windows.ts";

export interface ConvLstmOptions extends ActivationOptions {
  /** Channels of the input. */
  readonly inputSize: number;
  /** Filters: channels of the states and of the output. */
  readonly hiddenSize: number;
  /** Places that a filter sees, of inputs and of hidden states: one number for all axes, or one for each. */
  readonly kernelSize: number | readonly number[];
  /** Places of the input from one of the output to the next, likewise. Default 1. */
  readonly stride?: number | readonly number[] | undefined;
  /** Places of the input from one that a filter sees to the next, likewise. Default 1. */
  readonly dilation?: number | readonly number[] | undefined;
  /** Of the input; hidden states are always padded to their own size. Default `valid`. */
  readonly padding?: Exclude<Padding, "causal"> | undefined;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean | undefined;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<ConvLstmOptions> = {
  inputSize: true,
  hiddenSize: true,
  kernelSize: true,
  stride: true,
  dilation: true,
  padding: true,
  activation: true,
  recurrentActivation: true,
  bias: true,
  stream: true,
};

export interface ConvLstmForwardOptions {
  /** `[batch]`: real steps of each row. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Reads each row from its true end to its start. Default false. */
  readonly reverse?: boolean | undefined;
  /** Each tensor `[batch, ...grid of the output, hiddenSize]`. Default: zeros. */
  readonly initialState?: LstmState | undefined;
}

const forwardOptionNames: OptionNames<ConvLstmForwardOptions> = { lengths: true, reverse: true, initialState: true };

export interface ConvLstmResult {
  /** `[batch, time, ...grid of the output, hiddenSize]`, 0 on padding. */
  readonly output: Tensor;
  /** After the last real step of each row; its hidden state is the last output. Each tensor `[batch, ...grid of the output, hiddenSize]`. */
  readonly state: LstmState;
}

/**
 * What `ConvLstm1d` and `ConvLstm2d` share. Parameters are `weight_ih`, `[4 * hiddenSize, inputSize, ...kernel]`, `weight_hh`,
 * `[4 * hiddenSize, hiddenSize, ...kernel]`, and `bias_ih`, with the rows of an LSTM. Input weights start Glorot uniform, recurrent ones
 * orthogonal (both gate by gate), the bias 1 for the forget gate.
 */
class ConvLstm implements Module {
  readonly hiddenSize: number;
  readonly #name: string;
  readonly #inputSize: number;
  readonly #windows: readonly Windows[];
  readonly #weights: LstmWeights;
  readonly #hasBias: boolean;
  readonly #activations: LstmCellOptions;

  constructor(session: Session, rank: 1 | 2, options: ConvLstmOptions) {
    const name = `ConvLstm${rank}d`;
    requireKnownOptions(name, options, optionNames);
    const { inputSize, hiddenSize, stride = 1, dilation = 1, padding = "valid", bias = true, stream } = options;
    requireSize(name, "inputSize", inputSize);
    requireSize(name, "hiddenSize", hiddenSize);
    const perAxis = (option: string, value: number | readonly number[]): readonly number[] => {
      const values = typeof value === "number" ? new Array<number>(rank).fill(value) : value;
      if (values.length === rank) return values;
      throw new OptionError(name, option, `a number or ${rank} numbers`, `${values.length} numbers`);
    };
    const kernel = perAxis("kernelSize", options.kernelSize);
    const [strides, dilations] = [perAxis("stride", stride), perAxis("dilation", dilation)];
    this.#windows = kernel.map((kernelSize, axis) => {
      const windows = { kernelSize, stride: strides[axis]!, dilation: dilations[axis]!, padding };
      requireWindows(name, windows);
      return windows;
    });
    this.hiddenSize = hiddenSize;
    this.#name = name;
    this.#inputSize = inputSize;
    const { activation = "tanh", recurrentActivation = "sigmoid" } = options;
    this.#activations = {
      activation: recurrentFunction(name, "activation", activation, "clip gradients"),
      recurrentActivation: recurrentFunction(name, "recurrentActivation", recurrentActivation, "clip gradients"),
    };
    const rows = 4 * hiddenSize;
    const make = (parameter: string, shape: readonly number[], initializer: Initializer) =>
      makeParameter(session, { name: parameter, shape, initializer, stream });
    this.#hasBias = bias;
    this.#weights = {
      weightIh: make("weight_ih", [rows, inputSize, ...kernel], perGate(glorotFilters)),
      weightHh: make("weight_hh", [rows, hiddenSize, ...kernel], perGate(orthogonalFilters)),
      biasIh: bias ? make("bias_ih", [rows], forgetBias(hiddenSize)) : session.zeros([rows]),
      biasHh: session.zeros([rows]),
    };
  }

  /**
   * @param x  `[batch, time, ...grid, inputSize]`
   * @throws {ShapeError} if `x` has another shape or no window fits into its grid, or a length lies outside `[0, time]`
   */
  forward(x: Tensor, options: ConvLstmForwardOptions = {}): ConvLstmResult {
    requireKnownOptions(`${this.#name}.forward`, options, forwardOptionNames);
    const { reverse = false, initialState } = options;
    const [batchSize, seqLen, ...grid] = this.#requireShape(x);
    const { lengths = new Int32Array(batchSize).fill(seqLen) } = options;
    requireLengths(this.#name, lengths, batchSize, seqLen);
    const ofInput = gridWindows(grid, this.#windows);
    const shape = [...ofInput.counts, this.hiddenSize]; // of a row's state
    const width = shape.reduce(product, 1);
    if (width === 0) throw new ShapeError(this.#name, "a grid that a window fits into", grid);
    const start = (tensor: Tensor | undefined) =>
      tensor ? reshape(tensor, [batchSize, width]) : x.session.zeros([batchSize, width]);
    const places = grid.reduce(product, 1);
    const { sequences, state } = walkRows<LstmState>({
      input: reshape(x, [batchSize * seqLen, places * this.#inputSize]),
      seqLen,
      lengths,
      reverse,
      initialState: { hiddenState: start(initialState?.hiddenState), cellState: start(initialState?.cellState) },
      mask: undefined,
      collected: ["hiddenState"],
      step: this.#stepOver(ofInput, places),
    });
    return {
      output: reshape(sequences[0]!, [batchSize, seqLen, ...shape]),
      state: {
        hiddenState: reshape(state.hiddenState, [batchSize, ...shape]),
        cellState: reshape(state.cellState, [batchSize, ...shape]),
      },
    };
  }

  /** A step over grids of `places` places: the cell at each place of the output. */
  #stepOver(ofInput: GridWindows, places: number): (input: Tensor, previous: LstmState) => LstmState {
    const ofHidden = gridWindows(
      ofInput.counts,
      this.#windows.map(({ kernelSize }) => ({ kernelSize, stride: 1, dilation: 1, padding: "same" })),
    );
    const cells = ofInput.counts.reduce(product, 1);
    const { weightIh, weightHh } = this.#weights;
    const weights = { ...this.#weights, weightIh: asRows(weightIh), weightHh: asRows(weightHh) };
    return (input, { hiddenState, cellState }) => {
      const rows = input.shape[0]!;
      const before = {
        hiddenState: seen(hiddenState, ofHidden, cells),
        cellState: reshape(cellState, [rows * cells, this.hiddenSize]),
      };
      const next = lstmCell(weights, seen(input, ofInput, places), before, this.#activations);
      const width = cells * this.hiddenSize;
      return {
        hiddenState: reshape(next.hiddenState, [rows, width]),
        cellState: reshape(next.cellState, [rows, width]),
      };
    };
  }

  #requireShape(x: Tensor): [batchSize: number, seqLen: number, ...grid: number[]] {
    const rank = this.#windows.length;
    if (x.shape.length !== rank + 3 || x.shape.at(-1) !== this.#inputSize) {
      const axes = rank === 1 ? "space" : "rows, columns";
      throw new ShapeError(this.#name, `input of shape [batch, time, ${axes}, ${this.#inputSize}]`, x.shape);
    }
    return x.shape.slice(0, -1) as [number, number, ...number[]];
  }

  parameters(): Map<string, Tensor> {
    const { weightIh, weightHh, biasIh } = this.#weights;
    return namedParameters({ weight_ih: weightIh, weight_hh: weightHh, ...(this.#hasBias && { bias_ih: biasIh }) });
  }
}

/** Convolutional LSTM layer over sequences of lines: input `[batch, time, space, inputSize]`; see `ConvLstm2d`. */
export class ConvLstm1d extends ConvLstm {
  /** @throws {OptionError} if an option is unknown or outside its range */
  constructor(session: Session, options: ConvLstmOptions) {
    super(session, 1, options);
  }
}

/**
 * Convolutional LSTM layer over sequences of images: input `[batch, time, rows, columns, inputSize]`, with the formula of Keras's
 * `ConvLSTM2D`. Rows of the batch end at their lengths; padding is never computed.
 */
export class ConvLstm2d extends ConvLstm {
  /** @throws {OptionError} if an option is unknown or outside its range */
  constructor(session: Session, options: ConvLstmOptions) {
    super(session, 2, options);
  }
}

/**
 * What each place of the output sees.
 *
 * @param x         `[rows, places * channels]`
 * @param elements  the places that the windows see, window by window
 * @returns `[rows * windows, window * channels]`
 */
function seen(x: Tensor, { elements, counts }: GridWindows, places: number): Tensor {
  const rows = x.shape[0]!;
  const channels = x.shape[1]! / places;
  const numbers = new Int32Array(rows * elements.length);
  for (let row = 0; row < rows; row++) {
    elements.forEach((element, index) => {
      numbers[row * elements.length + index] = element < 0 ? -1 : row * places + element;
    });
  }
  const windows = counts.reduce(product, 1);
  const width = (elements.length / windows) * channels;
  return reshape(rowsOrZeros(reshape(x, [rows * places, channels]), numbers), [rows * windows, width]);
}

/** Filters `[outputs, channels, ...kernel]` as a matrix `[outputs, kernel * channels]`. */
function asRows(filters: Tensor): Tensor {
  const [outputs, channels, ...kernel] = filters.shape as [number, number, ...number[]];
  const places = kernel.reduce(product, 1);
  return reshape(transpose(reshape(filters, [outputs, channels, places]), [0, 2, 1]), [outputs, places * channels]);
}

/** Orthogonal matrices `[outputs, channels * kernel]`. */
const orthogonalFilters: Initializer = (shape, stream, session) => {
  const [outputs = 1, ...others] = shape;
  return orthogonal([outputs, others.reduce(product, 1)], stream, session);
};

function product(a: number, b: number): number {
  return a * b;
}
