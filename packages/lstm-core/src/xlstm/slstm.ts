/** Layers of sLSTM cells (Beck et al. 2024). */
import { concat, linear, type OptionNames, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, lstmGates, perGate } from "../initializers/per-gate.ts";
import { Packing } from "../layers/packing.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import type { DirectionRun, MakeWeight, RecurrentKind } from "../layers/recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "../layers/recurrent-options.ts";
import { NO_INPUT_YET } from "./exponential-gates.ts";
import { headsOf } from "./heads.ts";
import type { SlstmState, SlstmWeights } from "./slstm-cell.ts";
import { walkSlstm } from "./slstm-walk.ts";

export interface SlstmOptions extends RecurrentLayerOptions {
  /**
   * Blocks of units that see each other's hidden states; must divide `hiddenSize`. Default: 4, as in the paper, or the largest
   * of 3, 2, 1 that divides it.
   */
  readonly heads?: number | undefined;
}

const optionNames: OptionNames<SlstmOptions> = { ...recurrentLayerOptionNames, heads: true };

/**
 * Layers of sLSTM cells. Parameters are `weight_ih_l0`, `weight_hh_l0` and `bias_ih_l0` with the rows of an LSTM. Input weights start
 * Glorot uniform gate by gate, recurrent weights orthogonal head by head, the bias 1 for the forget gate.
 */
export class Slstm extends RecurrentLayers<SlstmWeights, SlstmState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or `heads` no divisor */
  constructor(session: Session, options: SlstmOptions) {
    requireKnownOptions("Slstm", options, optionNames);
    super(session, (hiddenSize) => slstmKind(session, hiddenSize, options.heads), options);
  }
}

function slstmKind(
  session: Session,
  hiddenSize: number,
  headCount: number | undefined,
): RecurrentKind<SlstmWeights, SlstmState> {
  const heads = headsOf("Slstm", hiddenSize, headCount);
  const walk = (input: Tensor, directions: readonly DirectionRun<SlstmWeights, SlstmState>[]) => {
    const [batchSize, seqLen] = input.shape as [number, number];
    const packing = new Packing("Slstm", { batchSize, seqLen, lengths: directions[0]!.options.lengths });
    const rows = packing.pack(input); // [real positions, inputSize]
    const start = emptySlstm(session.zeros([batchSize, hiddenSize]));
    const walked = walkSlstm(
      packing.lengths,
      directions.map(({ weights, options }) => ({
        gates: packing.unpack(linear(rows, weights.weightIh, weights.biasIh)),
        reverse: options.reverse ?? false,
        weights,
        mask: options.recurrentDropoutMask,
        start: options.initialState ?? start,
      })),
    );
    return {
      output: concat(
        walked.map(({ output }) => output),
        2,
      ),
      states: walked.map(({ state }) => state),
    };
  };
  return {
    name: "Slstm",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => makeSlstmWeights(hiddenSize, heads, inputSize, make),
    startState: emptySlstm,
    run: (input, direction) => walk(input, [direction]),
    runBoth: walk,
  };
}

/** The state of a cell that has read nothing, with a hidden state `[batch, hiddenSize]`. */
export function emptySlstm(hiddenState: Tensor): SlstmState {
  const filled = (value: number) => hiddenState.session.full(hiddenState.shape, value);
  return { hiddenState, cellState: filled(0), normalizer: filled(0), stabilizer: filled(NO_INPUT_YET) };
}

export function makeSlstmWeights(hiddenSize: number, heads: number, inputSize: number, make: MakeWeight): SlstmWeights {
  const rows = lstmGates.length * hiddenSize;
  const headNames = Array.from({ length: heads }, (_, head) => `head${head}`);
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform)),
    weightHh: make("weight_hh", [rows, hiddenSize / heads], perGate(perGate(orthogonal, headNames))),
    biasIh: make("bias_ih", [rows], forgetBias(hiddenSize)),
  };
}
