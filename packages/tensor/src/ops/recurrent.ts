/** What the recurrent layers share: parameters, options, results, their checks, and weight gradients of single steps. */
import type { RecurrentArgs, RecurrentGradientArgs, RecurrentShape, RnnActivation } from "../args/recurrent.ts";
import { type ProductGradient, productGradient } from "../autograd/gradient.ts";
import { rnnActivations } from "../backends/kernels/kernels.generated.ts";
import { ShapeError } from "../errors.ts";
import type { OptionNames } from "../known-options.ts";
import { sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { checkFloat, mul } from "./elementwise.ts";
import { checkLengths } from "./sequence.ts";

/** Parameters in PyTorch's layout, rows stacked gate by gate; `gates` is 4 of an LSTM, 3 of a GRU, 1 of a simple RNN. */
export interface RecurrentWeights {
  /** `[gates * hiddenSize, inputSize]` */
  readonly weightIh: Tensor;
  /** `[gates * hiddenSize, hiddenSize]` */
  readonly weightHh: Tensor;
  /** `[gates * hiddenSize]` */
  readonly biasIh: Tensor;
  /** `[gates * hiddenSize]` */
  readonly biasHh: Tensor;
}

export interface RecurrentState {
  /** `[batch, hiddenSize]`, also the output of the last step. */
  readonly hiddenState: Tensor;
}

export interface RecurrentOptions<State extends RecurrentState = RecurrentState> {
  /** Real steps of each row, `[batch]`. Default: all of them. */
  readonly lengths?: Int32Array | undefined;
  /** Reads each row from its true end to its start. Default false. */
  readonly reverse?: boolean | undefined;
  /** Default: zeros. */
  readonly initialState?: State | undefined;
  /**
   * `[batch, hiddenSize]`: factors of the hidden state before each hidden product, the same at all steps (Gal & Ghahramani
   * 2016). An input: no gradient flows to it. Default: none, at no cost.
   */
  readonly recurrentDropoutMask?: Tensor | undefined;
}

export const recurrentOptionNames: OptionNames<RecurrentOptions> = {
  lengths: true,
  reverse: true,
  initialState: true,
  recurrentDropoutMask: true,
};

export interface RecurrentOutput extends RecurrentState {
  /** `[batch, time, hiddenSize]`, zeros on padding. */
  readonly output: Tensor;
}

/** A layer in one of two directions. */
export interface Direction<Weights extends RecurrentWeights, Options extends RecurrentOptions> {
  readonly weights: Weights;
  readonly options?: Options | undefined;
}

/** What a layer gives in both directions. */
export interface BidirectionalOutput<State extends RecurrentState> {
  /** `[batch, time, features of both]`, those of the first direction first; zeros on padding. */
  readonly output: Tensor;
  readonly states: readonly [State, State];
}

/** Where a run leaves its output. */
export interface OutputPlace {
  /** Features of the whole tensor. */
  readonly width: number;
  /** The first feature that is the run's. */
  readonly offset: number;
  /** What another direction has filled, and this one adds to; undefined: the tensor is new. */
  readonly beside: Tensor | undefined;
}

/** A tensor that is the run's alone. */
export function alone({ weightHh }: RecurrentWeights): OutputPlace {
  return { width: weightHh.shape[1] ?? 0, offset: 0, beside: undefined };
}

/** Runs two directions that leave their outputs in one tensor, the second one's `output`. */
export function sideBySide<D extends { readonly weights: RecurrentWeights }, Run extends { readonly output: Tensor }>(
  [first, second]: readonly [D, D],
  run: (direction: D, place: OutputPlace) => Run,
): [Run, Run] {
  const sizeOf = ({ weights }: D) => weights.weightHh.shape[1] ?? 0;
  const width = sizeOf(first) + sizeOf(second);
  const one = run(first, { width, offset: 0, beside: undefined });
  return [one, run(second, { width, offset: sizeOf(first), beside: one.output })];
}

/** The tensor of a place. */
export function outputIn(
  { width, beside }: OutputPlace,
  { session, shape: [batch, time] }: Tensor,
  requiresGrad: boolean,
): Tensor {
  if (beside) return session.alias(beside, beside.shape, requiresGrad);
  return session.empty([batch!, time!, width], { requiresGrad });
}

export interface RecurrentSizes {
  /** Blocks of rows in the weights. */
  readonly gates: number;
  readonly hiddenSize: number;
  /** Features of the hidden state, columns of `weightHh`. */
  readonly outputSize: number;
}

/** @throws {ShapeError} naming the tensor that does not fit */
export function recurrentShape(
  op: string,
  { gates, hiddenSize, outputSize }: RecurrentSizes,
  input: Tensor,
  weights: RecurrentWeights,
  options: RecurrentOptions,
): RecurrentShape {
  checkFloat(op, input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
  if (input.shape.length !== 3) throw new ShapeError(op, "input of shape [batch, time, inputSize]", input.shape);
  const [batch, time, inputSize] = input.shape as [number, number, number];
  const [rows, columns] = weights.weightIh.shape;
  if (weights.weightIh.shape.length === 2 && rows === gates * hiddenSize && columns !== inputSize) {
    throw new ShapeError(
      op,
      `input of shape [batch, time, ${columns}], as weightIh has ${columns} columns`,
      input.shape,
    );
  }
  requireShape(op, "weightIh", weights.weightIh, [gates * hiddenSize, inputSize]);
  requireShape(op, "weightHh", weights.weightHh, [gates * hiddenSize, outputSize]);
  requireShape(op, "biasIh", weights.biasIh, [gates * hiddenSize]);
  requireShape(op, "biasHh", weights.biasHh, [gates * hiddenSize]);
  requireShape(op, "initialState.hiddenState", options.initialState?.hiddenState, [batch, outputSize]);
  requireShape(op, "recurrentDropoutMask", options.recurrentDropoutMask, [batch, outputSize]);
  const lengths = options.lengths ?? new Int32Array(batch).fill(time);
  checkLengths(op, lengths, batch, time);
  return { batch, time, inputSize, hiddenSize, reverse: options.reverse ?? false, lengths };
}

/** @throws {ShapeError} if there is a tensor and its shape is another one */
export function requireShape(op: string, name: string, tensor: Tensor | undefined, shape: readonly number[]): void {
  if (tensor && !sameShape(tensor.shape, shape)) {
    throw new ShapeError(op, `${name} of shape [${shape.join(", ")}]`, tensor.shape);
  }
}

/** @throws {RangeError} if there is an activation and it is in no list */
export function requireActivation(op: string, activation: RnnActivation | undefined): void {
  if (activation === undefined || Object.hasOwn(rnnActivations, activation)) return;
  const names = Object.keys(rnnActivations).join(", ");
  throw new RangeError(`${op}: expected an activation among ${names}, got ${String(activation)}`);
}

/** Real steps of all rows. */
export function positionCount({ lengths }: RecurrentShape): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** One run of a layer, as its backward pass needs it. */
export interface RecurrentRun {
  readonly shape: RecurrentShape;
  readonly input: Tensor;
  readonly weights: RecurrentWeights;
  readonly options: RecurrentOptions;
  readonly output: Tensor;
  readonly place: OutputPlace;
  readonly hiddenState: Tensor;
}

/** The storages that both passes read. */
export function recurrentArgs({ shape, input, weights, options, output, place }: RecurrentRun): RecurrentArgs {
  return {
    shape,
    keepWeights: weights.weightIh.block.isParameter && weights.weightHh.block.isParameter,
    input: input.storage,
    weightIh: weights.weightIh.storage,
    weightHh: weights.weightHh.storage,
    biasIh: weights.biasIh.storage,
    biasHh: weights.biasHh.storage,
    initialHidden: options.initialState?.hiddenState.storage,
    recurrentDropoutMask: options.recurrentDropoutMask?.storage,
    output: output.storage,
    outputOffset: place.offset,
    outputStride: place.width,
  };
}

/** Gradients of the pre-activations' parts: what weight gradients are products of. */
export interface GateGradients {
  /** `[positions, rows of weightIh]` */
  readonly ih: Tensor;
  /** `[positions, rows of weightHh]` */
  readonly hh: Tensor;
}

export interface RecurrentGradients {
  /** For the backend to fill. */
  readonly args: RecurrentGradientArgs;
  readonly input: Tensor | undefined;
  readonly weights: readonly [ih: Tensor | ProductGradient, hh: Tensor | ProductGradient];
  readonly initialHidden: Tensor;
}

/** Room for the gradients that layers of all kinds have, given those of the two outputs. */
export function recurrentGradients(
  run: RecurrentRun,
  gates: GateGradients,
  [ofOutput, ofHidden]: readonly (Tensor | undefined)[],
): RecurrentGradients {
  const { input, weights, hiddenState } = run;
  const { session } = input;
  const inputGradient = input.requiresGrad ? session.empty(input.shape) : undefined;
  const initialHidden = session.empty(hiddenState.shape);
  const later = stepGradients(run, gates);
  const weightIh = later?.[0] ?? session.empty(weights.weightIh.shape);
  const weightHh = later?.[1] ?? session.empty(weights.weightHh.shape);
  const storageOf = (gradient: Tensor | ProductGradient) => (gradient instanceof Tensor ? gradient.storage : undefined);
  return {
    args: {
      outputGradient: ofOutput?.storage,
      hiddenGradient: ofHidden?.storage,
      inputGradient: inputGradient?.storage,
      weightIhGradient: storageOf(weightIh),
      weightHhGradient: storageOf(weightHh),
      initialHiddenGradient: initialHidden.storage,
    },
    input: inputGradient,
    weights: [weightIh, weightHh],
    initialHidden,
  };
}

/**
 * Gradients of both weights from one step, put off: a single step is most often one of many in a loop, whose weight gradients
 * are summed in one go. Undefined if there are more steps, or the batch is too large for that.
 */
function stepGradients(
  { shape, input, options, hiddenState }: RecurrentRun,
  gates: GateGradients,
): [ProductGradient, ProductGradient] | undefined {
  const { batch, time, inputSize } = shape;
  if (time !== 1 || positionCount(shape) !== batch) return undefined;
  const { session } = input;
  const mask = options.recurrentDropoutMask;
  const previous = options.initialState?.hiddenState ?? session.zeros(hiddenState.shape);
  const ofIh = productGradient(gates.ih, session.alias(input, [batch, inputSize]));
  const ofHh = productGradient(gates.hh, mask ? mul(previous, mask) : previous);
  return ofIh && ofHh && [ofIh, ofHh];
}
