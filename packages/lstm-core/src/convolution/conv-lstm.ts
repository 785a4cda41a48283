/** LSTM layers over grids: at each place an LSTM cell that sees the input and the hidden states around it (Shi et al. 2015). */
import {
  add,
  concat,
  type LstmState,
  type LstmWeights,
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
import { type LstmCellOptions, lstmFromGates } from "../cells/lstm-cell.ts";
import { requireLengths, requireRate, requireSize } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, perGate } from "../initializers/per-gate.ts";
import { Dropout } from "../layers/dropout.ts";
import { makeParameter } from "../layers/parameter.ts";
import { type ActivationOptions, recurrentFunction } from "../layers/recurrent-activations.ts";
import { type WalkOptions, walkRows } from "../layers/walk-rows.ts";
import { evaluationStep, type Module, namedParameters, type StepContext } from "../module.ts";
import { glorotFilters } from "./conv1d.ts";
import { asRows, type Filters, gateSums, product } from "./gate-sums.ts";
import { type GridWindows, gridWindows, type Padding, requireWindows, type Windows } from "./windows.ts";

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
  /**
   * Share of the input's elements dropped in training, in `[0, 1)`: of each gate others, and the same ones at all steps, as in Keras.
   * Default 0.
   */
  readonly inputDropoutRate?: number | undefined;
  /** The same of the hidden state. Default 0. */
  readonly recurrentDropoutRate?: number | undefined;
  /** Draws the first weights and what is dropped. */
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
  inputDropoutRate: true,
  recurrentDropoutRate: true,
  stream: true,
};

export interface ConvLstmForwardOptions {
  /** `[batch]`: real steps of each row. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** Reads each row from its true end to its start. Default false. */
  readonly reverse?: boolean | undefined;
  /** Each tensor `[batch, ...grid of the output, hiddenSize]`. Default: zeros. */
  readonly initialState?: LstmState | undefined;
  /** Default: evaluation. */
  readonly step?: StepContext | undefined;
}

const forwardOptionNames: OptionNames<ConvLstmForwardOptions> = {
  lengths: true,
  reverse: true,
  initialState: true,
  step: true,
};

export interface ConvLstmResult {
  /** `[batch, time, ...grid of the output, hiddenSize]`, 0 on padding. */
  readonly output: Tensor;
  /** After the last real step of each row; its hidden state is the last output. Each tensor `[batch, ...grid of the output, hiddenSize]`. */
  readonly state: LstmState;
}

type ConvLstmStep = WalkOptions<LstmState>["step"];

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
  readonly #inputDropout: Dropout;
  readonly #recurrentDropout: Dropout;

  constructor(session: Session, rank: 1 | 2, options: ConvLstmOptions) {
    const name = `ConvLstm${rank}d`;
    requireKnownOptions(name, options, optionNames);
    const { inputSize, hiddenSize, stride = 1, dilation = 1, padding = "valid", bias = true, stream } = options;
    const { inputDropoutRate = 0, recurrentDropoutRate = 0 } = options;
    requireSize(name, "inputSize", inputSize);
    requireSize(name, "hiddenSize", hiddenSize);
    requireRate(name, "inputDropoutRate", inputDropoutRate);
    requireRate(name, "recurrentDropoutRate", recurrentDropoutRate);
    this.#inputDropout = new Dropout(inputDropoutRate, stream.fork("input_dropout"));
    this.#recurrentDropout = new Dropout(recurrentDropoutRate, stream.fork("recurrent_dropout"));
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
    const { reverse = false, initialState, step = evaluationStep } = options;
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
    const factors = [
      this.#factors(this.#inputDropout, [batchSize, 4 * places * this.#inputSize], x.session, step),
      this.#factors(this.#recurrentDropout, [batchSize, 4 * width], x.session, step),
    ];
    const given = factors.filter((tensor) => tensor !== undefined);
    const { sequences, state } = walkRows<LstmState>({
      input: reshape(x, [batchSize * seqLen, places * this.#inputSize]),
      seqLen,
      lengths,
      reverse,
      initialState: { hiddenState: start(initialState?.hiddenState), cellState: start(initialState?.cellState) },
      mask: given.length > 0 ? concat(given, 1) : undefined,
      collected: ["hiddenState"],
      step: this.#stepOver(ofInput, places, factors),
    });
    return {
      output: reshape(sequences[0]!, [batchSize, seqLen, ...shape]),
      state: {
        hiddenState: reshape(state.hiddenState, [batchSize, ...shape]),
        cellState: reshape(state.cellState, [batchSize, ...shape]),
      },
    };
  }

  /** What the four gates see in training, side by side: zeros and `1 / (1 - rate)`; undefined where nothing is dropped. */
  #factors(dropout: Dropout, shape: readonly number[], session: Session, step: StepContext): Tensor | undefined {
    if (!step.training || dropout.rate === 0) return undefined;
    return dropout.forward(session.full(shape, 1), step);
  }

  /**
   * A step over grids of `places` places: the cell at each place of the output.
   *
   * @param factors  of input and hidden state; the step reads its rows of those that there are in one mask
   */
  #stepOver(ofInput: GridWindows, places: number, factors: readonly (Tensor | undefined)[]): ConvLstmStep {
    const ofHidden = gridWindows(
      ofInput.counts,
      this.#windows.map(({ kernelSize }) => ({ kernelSize, stride: 1, dilation: 1, padding: "same" })),
    );
    const cells = ofInput.counts.reduce(product, 1);
    const { weightIh, weightHh, biasIh, biasHh } = this.#weights;
    const input: Filters = { weight: asRows(weightIh), bias: biasIh, windows: ofInput, places };
    const hidden: Filters = { weight: asRows(weightHh), bias: biasHh, windows: ofHidden, places: cells };
    const [ofInputs, ofHiddens] = factors.map((tensor) => tensor?.shape[1] ?? 0) as [number, number];
    return (x, { hiddenState, cellState }, { mask }) => {
      const rows = x.shape[0]!;
      const part = (from: number, width: number) => (width > 0 ? slice(mask!, 1, from, from + width) : undefined);
      const gates = add(
        gateSums(x, input, part(0, ofInputs)),
        gateSums(hiddenState, hidden, part(ofInputs, ofHiddens)),
      );
      const before = { cellState: reshape(cellState, [rows * cells, this.hiddenSize]) };
      const next = lstmFromGates({}, gates, before, this.#activations);
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

/** Orthogonal matrices `[outputs, channels * kernel]`. */
const orthogonalFilters: Initializer = (shape, stream, session) => {
  const [outputs = 1, ...others] = shape;
  return orthogonal([outputs, others.reduce(product, 1)], stream, session);
};
