/** Long short-term memory layers. */
import {
  bidirectionalLstm,
  type LstmState,
  type LstmWeights,
  lstm,
  OptionError,
  type OptionNames,
  requireKnownOptions,
  type Session,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { ones, zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, perGate } from "../initializers/per-gate.ts";
import {
  type DirectionRun,
  type MakeWeight,
  type RecurrentKind,
  type RecurrentLayerOptions,
  RecurrentLayers,
  recurrentLayerOptionNames,
} from "./recurrent.ts";

/** Options of the cell are absent by default and then cost nothing. */
export interface LstmOptions extends RecurrentLayerOptions {
  /** Features of the hidden state, a projection of the cell's output (Sak et al. 2014). Default: `hiddenSize`, no projection. */
  readonly projectionSize?: number | undefined;
  /** The gates also see the cell state, each unit its own (Gers & Schmidhuber 2000). Default false. */
  readonly peepholes?: boolean | undefined;
  /** Layer normalization of both parts of the pre-activations and of the cell (Ba et al. 2016). Default false. */
  readonly gateLayerNorm?: boolean | undefined;
  /** Largest magnitude of a cell state, above 0. Default: any. */
  readonly cellClip?: number | undefined;
}

const optionNames: OptionNames<LstmOptions> = {
  ...recurrentLayerOptionNames,
  projectionSize: true,
  peepholes: true,
  gateLayerNorm: true,
  cellClip: true,
};

/**
 * Long short-term memory layers with PyTorch's parameter names (`weight_ih_l0`, `weight_hh_l0_reverse`, ...) and gate order
 * input, forget, candidate, output; a projection is `weight_hr_l0`. PyTorch has no `peepholes_l0`, `gain_ih_l0`, `gain_hh_l0`,
 * `gain_cell_l0` and `bias_cell_l0`.
 * Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), `bias_ih` 1 for the forget gate,
 * peepholes 0, gains 1.
 */
export class Lstm extends RecurrentLayers<LstmWeights, LstmState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or `cellClip` not above 0 */
  constructor(session: Session, options: LstmOptions) {
    super(session, lstmKind(session, options), options);
  }
}

function lstmKind(session: Session, options: LstmOptions): RecurrentKind<LstmWeights, LstmState> {
  requireKnownOptions("Lstm", options, optionNames);
  const { hiddenSize, projectionSize, cellClip } = options;
  if (projectionSize !== undefined) requireSize("Lstm", "projectionSize", projectionSize);
  if (cellClip !== undefined && !(cellClip > 0)) throw new OptionError("Lstm", "cellClip", "above 0", cellClip);
  const withClip = ({ weights, options }: DirectionRun<LstmWeights, LstmState>) => ({
    weights,
    options: { ...options, cellClip },
  });
  return {
    name: "Lstm",
    stateSize: projectionSize ?? hiddenSize,
    makeWeights: (inputSize, make) => makeWeights(options, inputSize, make),
    run: (input, direction) => {
      const { weights, options } = withClip(direction);
      const { output, hiddenState, cellState } = lstm(input, weights, options);
      return { output, states: [{ hiddenState, cellState }] };
    },
    runBoth: (input, [first, second]) => bidirectionalLstm(input, [withClip(first), withClip(second)]),
    startState: (hiddenState) => ({ hiddenState, cellState: session.zeros([hiddenState.shape[0]!, hiddenSize]) }),
  };
}

function makeWeights(options: LstmOptions, inputSize: number, make: MakeWeight): LstmWeights {
  const { hiddenSize, projectionSize, peepholes, gateLayerNorm } = options;
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
