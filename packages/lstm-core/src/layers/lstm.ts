/** Long short-term memory layers. */
import {
  add,
  bidirectionalLstm,
  type LstmState,
  type LstmWeights,
  linear,
  lstm,
  OptionError,
  type OptionNames,
  type RnnActivation,
  requireKnownOptions,
  reshape,
  type Session,
  sigmoid,
  slice,
  type Tensor,
} from "@cellstate/tensor";
import { lstmInputPart, lstmStep } from "../cells/lstm-cell.ts";
import { requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { ones, zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, perGate } from "../initializers/per-gate.ts";
import { bothDirections } from "./both-directions.ts";
import { RecurrentLayers } from "./recurrent.ts";
import { type ActivationOptions, fusedActivation, recurrentFunction } from "./recurrent-activations.ts";
import type { DirectionRun, LayerResult, MakeWeight, RecurrentKind } from "./recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";
import { walkLayer } from "./walk-layer.ts";
import { type WeightDropOptions, withWeightDrop } from "./weight-drop.ts";
import { type BiasOptions, biasNames, withoutBias } from "./without-bias.ts";
import { makeZoneout, type ZoneoutRates, zoneoutRates } from "./zoneout.ts";

/** Options of the cell are absent by default and then cost nothing. */
export interface LstmOptions extends RecurrentLayerOptions, BiasOptions, ActivationOptions, WeightDropOptions {
  /** Features of the hidden state, a projection of the cell's output (Sak et al. 2014). Default: `hiddenSize`, no projection. */
  readonly projectionSize?: number | undefined;
  /** The gates also see the cell state, each unit its own (Gers & Schmidhuber 2000). Default false. */
  readonly peepholes?: boolean | undefined;
  /** Layer normalization of both parts of the pre-activations and of the cell (Ba et al. 2016). Default false. */
  readonly gateLayerNorm?: boolean | undefined;
  /** Largest magnitude of a cell state, above 0. Default: any. */
  readonly cellClip?: number | undefined;
  /**
   * Share of the features of hidden and cell state, or of each of them, that keep their old value at a step of training, in `[0, 1)`; in
   * evaluation all take the mean that this has (Krueger et al. 2017). Such layers go step by step, which is slower. Default 0.
   */
  readonly zoneoutRate?: number | ZoneoutRates | undefined;
}

const optionNames: OptionNames<LstmOptions> = {
  ...recurrentLayerOptionNames,
  bias: true,
  activation: true,
  recurrentActivation: true,
  projectionSize: true,
  peepholes: true,
  gateLayerNorm: true,
  cellClip: true,
  zoneoutRate: true,
  weightDropRate: true,
};

/**
 * Long short-term memory layers with PyTorch's parameter names (`weight_ih_l0`, `weight_hh_l0_reverse`, ...) and gate order
 * input, forget, candidate, output; a projection is `weight_hr_l0`. PyTorch has no `peepholes_l0`, `gain_ih_l0`, `gain_hh_l0`,
 * `gain_cell_l0` and `bias_cell_l0`.
 * Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), `bias_ih` 1 for the forget gate,
 * peepholes 0, gains 1.
 */
export class Lstm extends RecurrentLayers<LstmWeights, LstmState> {
  /** Whether a step is that of `lstm` of `@cellstate/tensor` without options, in training, too. */
  readonly isPlain: boolean;

  /**
   * @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, `cellClip` not above 0, or
   *   there is no such activation
   */
  constructor(session: Session, options: LstmOptions) {
    requireKnownOptions("Lstm", options, optionNames);
    const settings = settingsOf(options);
    super(session, (hiddenSize) => lstmKind(session, hiddenSize, settings), options);
    const { projectionSize, peepholes = false, gateLayerNorm = false, cellClip, weightDropRate = 0 } = options;
    const hasExtras = peepholes || gateLayerNorm || projectionSize !== undefined || cellClip !== undefined;
    const drops = [weightDropRate, options.recurrentDropoutRate, options.inputDropoutRate].some((rate = 0) => rate > 0);
    this.isPlain = settings.fused === "tanh" && !settings.zonesOut && !hasExtras && !drops;
  }
}

/** The cell's options with their defaults. */
type Settings = ReturnType<typeof settingsOf>;

function settingsOf(options: LstmOptions) {
  const { projectionSize, cellClip, activation = "tanh", recurrentActivation = "sigmoid" } = options;
  if (projectionSize !== undefined) requireSize("Lstm", "projectionSize", projectionSize);
  if (cellClip !== undefined && !(cellClip > 0)) throw new OptionError("Lstm", "cellClip", "above 0", cellClip);
  const advice = "set cellClip and clip gradients, or take tanh";
  const functions = {
    activation: recurrentFunction("Lstm", "activation", activation, advice),
    recurrentActivation: recurrentFunction("Lstm", "recurrentActivation", recurrentActivation, "take sigmoid"),
  };
  const zoneout = zoneoutRates("Lstm", options.zoneoutRate);
  return {
    ...options,
    bias: options.bias ?? true,
    functions,
    /** Of the op that runs whole layers, if it has these functions. */
    fused: functions.recurrentActivation === sigmoid ? fusedActivation(functions.activation) : undefined,
    zoneout,
    zonesOut: zoneout.hidden > 0 || zoneout.cell > 0,
  };
}

type Run = DirectionRun<LstmWeights, LstmState>;

function lstmKind(session: Session, hiddenSize: number, settings: Settings): RecurrentKind<LstmWeights, LstmState> {
  const { cellClip, fused, zonesOut } = settings;
  const base = {
    name: "Lstm",
    stateSize: settings.projectionSize ?? hiddenSize,
    makeWeights: (inputSize: number, make: MakeWeight) =>
      makeWeights(settings, hiddenSize, inputSize, settings.bias ? make : withoutBias(session, make, biasNames)),
    startState: (hiddenState: Tensor): LstmState => ({
      hiddenState,
      cellState: session.zeros([hiddenState.shape[0]!, hiddenSize]),
    }),
  };
  const walk = (input: Tensor, direction: Run): LayerResult<LstmState> => {
    const sizes = { hidden: base.stateSize, cell: hiddenSize };
    const shape = input.shape as [number, number, number];
    const zoneout = makeZoneout(session, settings.zoneout, sizes, [shape[0], shape[1]], direction.draws);
    const step = fused ? fusedStep(fused) : lstmStep;
    return walkLayer(base, input, direction, {
      prepare: fused ? undefined : (inputs) => lstmInputPart(direction.weights, inputs),
      step: (current, previous, { mask, beside }) => {
        const options = { ...settings.functions, cellClip, recurrentDropoutMask: mask };
        return zoneout.mix(previous, step(direction.weights, current, previous, options), beside);
      },
      beside: zoneout.masks,
    });
  };
  const withCell = ({ weights, options }: Run) => ({ weights, options: { ...options, cellClip, activation: fused } });
  const walkBoth = bothDirections(walk);
  const kind: RecurrentKind<LstmWeights, LstmState> = {
    ...base,
    run: (input, direction) => {
      if (!fused || zonesOut || direction.returnCellStates) return walk(input, direction);
      const { weights, options } = withCell(direction);
      const { output, hiddenState, cellState } = lstm(input, weights, options);
      return { output, states: [{ hiddenState, cellState }] };
    },
    runBoth: (input, [first, second]) => {
      if (!fused || zonesOut || first.returnCellStates) return walkBoth(input, [first, second]);
      return bidirectionalLstm(input, [withCell(first), withCell(second)]);
    },
    // Peepholes see cell states, which are not known afterwards.
    ...(settings.peepholes === true || settings.gateLayerNorm === true ? {} : { gates: gatesOf(settings) }),
  };
  return withWeightDrop(kind, settings.weightDropRate);
}

function gatesOf({ functions }: Settings): NonNullable<RecurrentKind<LstmWeights, LstmState>["gates"]> {
  return ({ weightIh, weightHh, biasIh, biasHh }, input, previous) => {
    const sums = add(linear(input, weightIh, biasIh), linear(previous, weightHh, biasHh)); // [batch, time, 4 * hiddenSize]
    const size = weightIh.shape[0]! / 4;
    const part = (index: number) => slice(sums, 2, index * size, (index + 1) * size);
    const { activation, recurrentActivation } = functions;
    return {
      weightIh,
      activations: {
        input_gate: recurrentActivation(part(0)),
        forget_gate: recurrentActivation(part(1)),
        candidate: activation(part(2)),
        output_gate: recurrentActivation(part(3)),
      },
    };
  };
}

/** One step by the op of whole layers, so with its bits. */
function fusedStep(activation: RnnActivation): typeof lstmStep {
  return (weights, input, initialState, { cellClip, recurrentDropoutMask } = {}) => {
    const [rows, inputSize] = input.shape as [number, number];
    const options = { initialState, cellClip, recurrentDropoutMask, activation };
    const { hiddenState, cellState } = lstm(reshape(input, [rows, 1, inputSize]), weights, options);
    return { hiddenState, cellState };
  };
}

function makeWeights(options: LstmOptions, hiddenSize: number, inputSize: number, make: MakeWeight): LstmWeights {
  const { projectionSize, peepholes, gateLayerNorm } = options;
  const rows = 4 * hiddenSize;
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform)),
    weightHh: make("weight_hh", [rows, projectionSize ?? hiddenSize], perGate(orthogonal)),
    biasIh: make("bias_ih", [rows], forgetBias(hiddenSize)),
    biasHh: make("bias_hh", [rows], zeros),
    weightHr: projectionSize ? make("weight_hr", [projectionSize, hiddenSize], glorotUniform) : undefined,
    peepholes: peepholes ? make("peepholes", [3 * hiddenSize], zeros) : undefined,
    norm: gateLayerNorm
      ? {
          gainIh: make("gain_ih", [rows], ones),
          gainHh: make("gain_hh", [rows], ones),
          gainCell: make("gain_cell", [hiddenSize], ones),
          biasCell: make("bias_cell", [hiddenSize], zeros),
        }
      : undefined,
  };
}
