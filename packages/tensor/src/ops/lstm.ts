/** A whole LSTM layer over a whole sequence as one op. */
import {
  hasExtras,
  type LstmExtras,
  type LstmForwardArgs,
  type LstmNormSaved,
  type LstmShape,
  type RnnActivation,
} from "../args/recurrent.ts";
import { needsGrad } from "../autograd/tape.ts";
import { OptionError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Session } from "../session.ts";
import type { Storage } from "../storage.ts";
import type { Tensor } from "../tensor.ts";
import {
  alone,
  type BidirectionalOutput,
  type Direction,
  type OutputPlace,
  outputIn,
  positionCount,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentState,
  type RecurrentWeights,
  recurrentArgs,
  recurrentGradients,
  recurrentOptionNames,
  recurrentShape,
  requireActivation,
  requireShape,
  sideBySide,
} from "./recurrent.ts";

/** Gains of the layer normalization of an LSTM; the biases of its pre-activations are `biasIh` and `biasHh`. */
export interface LstmNormWeights {
  /** `[4 * hiddenSize]`: of the input part of the pre-activations. */
  readonly gainIh: Tensor;
  /** `[4 * hiddenSize]`: of the hidden part. */
  readonly gainHh: Tensor;
  /** `[hiddenSize]`: of the cell state on its way to the output. */
  readonly gainCell: Tensor;
  /** `[hiddenSize]` */
  readonly biasCell: Tensor;
}

/** Parameters in PyTorch's layout; rows stacked input gate, forget gate, cell candidate, output gate. */
export interface LstmWeights extends RecurrentWeights {
  /** `[projSize, hiddenSize]`: `h = weightHr (o * tanh(c))`, and `weightHh` has `projSize` columns (Sak et al. 2014). Default: none. */
  readonly weightHr?: Tensor | undefined;
  /** `[3 * hiddenSize]`: weights of the cell state in the input, forget and output gate (Gers & Schmidhuber 2000). Default: none. */
  readonly peepholes?: Tensor | undefined;
  /** Layer normalization of both parts of the pre-activations and of the cell (Ba et al. 2016, equations 20-22). Default: none. */
  readonly norm?: LstmNormWeights | undefined;
}

export interface LstmState extends RecurrentState {
  /** `[batch, hiddenSize]` */
  readonly cellState: Tensor;
}

export interface LstmOptions extends RecurrentOptions<LstmState> {
  /** Cell states are clamped to `[-cellClip, cellClip]`; where that changed one, no gradient flows. Default: none. */
  readonly cellClip?: number | undefined;
  /** Of the candidate, and of the cell state on its way to the output. Default `tanh`. */
  readonly activation?: RnnActivation | undefined;
}

const optionNames: OptionNames<LstmOptions> = { ...recurrentOptionNames, cellClip: true, activation: true };

export interface LstmOutput extends RecurrentOutput, LstmState {}

export type LstmDirection = Direction<LstmWeights, LstmOptions>;

/**
 * Runs an LSTM layer (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000).
 *
 * Padding changes no real output and no gradient. A row of length 0 gives zeros and returns its initial state. With a
 * projection `output`, `hiddenState` and `recurrentDropoutMask` have `projSize` features, `cellState` still `hiddenSize`.
 *
 * @param input `[batch, time, inputSize]`
 * @throws {ShapeError} naming the tensor that does not fit
 * @throws {RangeError} unless `cellClip` is above 0 and `activation` in its list
 */
export function lstm(input: Tensor, weights: LstmWeights, options: LstmOptions = {}): LstmOutput {
  const { args, result } = prepareLstm(input, { weights, options }, alone(weights));
  input.session.backend.lstmForward(args);
  return result;
}

/**
 * Both directions of a layer: what two calls of `lstm` give, their outputs joined along the features; sooner, since with few rows
 * each has a thread of its own.
 *
 * @param input `[batch, time, inputSize]`
 * @throws as `lstm`
 */
export function bidirectionalLstm(
  input: Tensor,
  directions: readonly [LstmDirection, LstmDirection],
): BidirectionalOutput<LstmState> {
  const [one, other] = sideBySide(directions, (direction, place) => prepareLstm(input, direction, place));
  input.session.backend.lstmForwardBoth(one.args, other.args);
  const stateOf = ({ hiddenState, cellState }: LstmState): LstmState => ({ hiddenState, cellState });
  return { output: other.output, states: [stateOf(one.result), stateOf(other.result)] };
}

/** Takes room for a run and puts it on the tape; all that is left is the backend's part. */
function prepareLstm(
  input: Tensor,
  { weights, options = {} }: LstmDirection,
  place: OutputPlace,
): { args: LstmForwardArgs; output: Tensor; result: LstmOutput } {
  requireKnownOptions("lstm", options, optionNames);
  const shape = checkedShape(input, weights, options);
  const { batch, hiddenSize, outputSize } = shape;
  const { session } = input;
  const initial = options.initialState;
  if (initial !== undefined && initial.cellState === undefined) {
    throw new OptionError("lstm", "initialState", "a hiddenState and a cellState", "a hiddenState alone");
  }
  const inputs = [
    input,
    weights.weightIh,
    weights.weightHh,
    weights.biasIh,
    weights.biasHh,
    initial?.hiddenState,
    initial?.cellState,
    ...extraTensors(weights),
    place.beside,
  ];
  const requiresGrad = needsGrad(inputs);
  const positions = positionCount(shape);
  const output = outputIn(place, input, requiresGrad);
  const hiddenState = session.empty([batch, outputSize], { requiresGrad });
  const cellState = session.empty([batch, hiddenSize], { requiresGrad });
  const run = { shape, input, weights, options, output, place, hiddenState };
  const saved = {
    gates: session.empty([positions, 4 * hiddenSize]),
    cells: session.empty([positions, hiddenSize]),
    tanhCells: session.empty([positions, hiddenSize]),
  };
  const norm = weights.norm && normSaved(session, positions, hiddenSize);
  const common = {
    ...recurrentArgs(run),
    shape,
    initialCell: initial?.cellState.storage,
    saved: storagesOf(saved),
    extras: extraStorages(weights),
    normSaved: norm && storagesOf(norm),
    cellClip: options.cellClip,
    activation: options.activation ?? "tanh",
  };
  if (requiresGrad) {
    session.record({
      op: "lstm",
      inputs,
      outputs: [output, hiddenState, cellState],
      saved: [...Object.values(saved), ...Object.values(norm ?? {})],
      backward: ([dOutput, dHidden, dCell]) => {
        const makeGates = () => session.empty([positions, 4 * hiddenSize]);
        // A step's gate gradients outlive what was saved: its weight gradients are put off.
        const dGates = shape.time > 1 && !hasExtras(common) ? saved.gates : makeGates();
        const parts = weights.norm ? { ih: makeGates(), hh: makeGates() } : { ih: dGates, hh: dGates };
        const gradients = recurrentGradients(run, parts, [dOutput, dHidden]);
        const dBias = session.empty(weights.biasIh.shape);
        const dInitialCell = session.empty(cellState.shape);
        const dExtras = gradientsLike(weights);
        session.backend.lstmBackward({
          ...common,
          ...gradients.args,
          cellGradient: dCell?.storage,
          gateGradient: dGates.storage,
          gateIhGradient: parts.ih.storage,
          gateHhGradient: parts.hh.storage,
          biasGradient: dBias.storage,
          initialCellGradient: dInitialCell.storage,
          extrasGradient: extraStorages(dExtras),
        });
        const { input: dInput, weights: dWeights, initialHidden } = gradients;
        return [dInput, ...dWeights, dBias, dBias, initialHidden, dInitialCell, ...extraTensors(dExtras), dOutput];
      },
    });
  }
  return {
    args: { ...common, hiddenState: hiddenState.storage, cellState: cellState.storage },
    output,
    result: { output, hiddenState, cellState },
  };
}

type Extras = Pick<LstmWeights, "weightHr" | "peepholes" | "norm">;

/** In the order of the op's inputs. */
function extraTensors({ weightHr, peepholes, norm }: Extras): (Tensor | undefined)[] {
  return [weightHr, peepholes, norm?.gainIh, norm?.gainHh, norm?.gainCell, norm?.biasCell];
}

function extraStorages({ weightHr, peepholes, norm }: Extras): LstmExtras {
  return {
    weightHr: weightHr?.storage,
    peepholes: peepholes?.storage,
    norm: norm && {
      gainIh: norm.gainIh.storage,
      gainHh: norm.gainHh.storage,
      gainCell: norm.gainCell.storage,
      biasCell: norm.biasCell.storage,
    },
  };
}

function gradientsLike({ weightHr, peepholes, norm }: Extras): Extras {
  const like = (tensor: Tensor) => tensor.session.empty(tensor.shape);
  return {
    weightHr: weightHr && like(weightHr),
    peepholes: peepholes && like(peepholes),
    norm: norm && {
      gainIh: like(norm.gainIh),
      gainHh: like(norm.gainHh),
      gainCell: like(norm.gainCell),
      biasCell: like(norm.biasCell),
    },
  };
}

function normSaved(session: Session, positions: number, hiddenSize: number): Record<keyof LstmNormSaved, Tensor> {
  return {
    ih: session.empty([positions, 4 * hiddenSize]),
    hh: session.empty([positions, 4 * hiddenSize]),
    cell: session.empty([positions, hiddenSize]),
    scales: session.empty([positions, 3]),
  };
}

function storagesOf<Name extends string>(tensors: Readonly<Record<Name, Tensor>>): Record<Name, Storage> {
  const entries = Object.entries<Tensor>(tensors).map(([name, { storage }]) => [name, storage]);
  return Object.fromEntries(entries) as Record<Name, Storage>;
}

function checkedShape(input: Tensor, weights: LstmWeights, options: LstmOptions): LstmShape {
  const { weightHr, peepholes, norm } = weights;
  const outputSize = weights.weightHh.shape[1] ?? 0;
  const hiddenSize = weightHr?.shape[1] ?? outputSize;
  const shape = recurrentShape("lstm", { gates: 4, hiddenSize, outputSize }, input, weights, options);
  requireShape("lstm", "initialState.cellState", options.initialState?.cellState, [shape.batch, hiddenSize]);
  requireShape("lstm", "weightHr", weightHr, [outputSize, hiddenSize]);
  requireShape("lstm", "peepholes", peepholes, [3 * hiddenSize]);
  requireShape("lstm", "norm.gainIh", norm?.gainIh, [4 * hiddenSize]);
  requireShape("lstm", "norm.gainHh", norm?.gainHh, [4 * hiddenSize]);
  requireShape("lstm", "norm.gainCell", norm?.gainCell, [hiddenSize]);
  requireShape("lstm", "norm.biasCell", norm?.biasCell, [hiddenSize]);
  const { cellClip } = options;
  if (cellClip !== undefined && !(cellClip > 0))
    throw new RangeError(`lstm: expected a cellClip above 0, got ${cellClip}`);
  requireActivation("lstm", options.activation);
  return { ...shape, outputSize };
}
