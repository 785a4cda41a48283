/** Residual blocks around the sLSTM, with a feed-forward part behind it (Beck et al. 2024, section 2.4 and figure 9). */
import {
  add,
  concat,
  linear,
  mul,
  type OptionNames,
  type RecurrentState,
  requireKnownOptions,
  type Session,
  slice,
  type Tensor,
} from "@cellstate/tensor";
import { gelu, swish } from "../activations/smooth.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { ones } from "../initializers/initializer.ts";
import { perGate } from "../initializers/per-gate.ts";
import { Packing } from "../layers/packing.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import type { DirectionRun, LayerResult, MakeWeight, RecurrentKind } from "../layers/recurrent-kind.ts";
import { recurrentLayerOptionNames } from "../layers/recurrent-options.ts";
import {
  headNorm,
  makeNorm,
  makeResidual,
  type NormWeights,
  normalized,
  type ResidualWeights,
  residualOf,
} from "./block-parts.ts";
import { type CausalConvWeights, CONV_MEMORY, causalConv, makeCausalConv } from "./causal-conv.ts";
import { headsOf } from "./heads.ts";
import { emptySlstm, makeSlstmWeights, type SlstmOptions } from "./slstm.ts";
import type { SlstmState, SlstmWeights } from "./slstm-cell.ts";
import { walkSlstm } from "./slstm-walk.ts";

interface SlstmBlockWeights extends ResidualWeights, CausalConvWeights {
  readonly cell: SlstmWeights;
  /** `[hiddenSize]` */
  readonly headGain: Tensor;
  readonly feedForwardNorm: NormWeights;
  /** `[2 * upSize, hiddenSize]`, rows stacked gate, value. */
  readonly weightUp: Tensor;
  /** `[hiddenSize, upSize]` */
  readonly weightDown: Tensor;
}

/** `hiddenState` is the output of the block, `cellHidden` that of the cell in it. */
export interface SlstmBlockState extends RecurrentState, Omit<SlstmState, "hiddenState"> {
  /** `[batch, hiddenSize]` */
  readonly cellHidden: Tensor;
  /** `[batch, 3, hiddenSize]`: what the convolution still sees of the steps before. */
  readonly convInputs: Tensor;
}

/** Features of the feed-forward part for each unit (figure 9). */
const UP_FACTOR = 4 / 3;

const optionNames: OptionNames<SlstmOptions> = { ...recurrentLayerOptionNames, heads: true };

/**
 * Stacks of residual blocks: `x + sLSTM(norm(x))`, its heads normalized and its input and forget gates behind a short causal convolution, and
 * then `x + down(gelu(up(norm(x))) * up'(norm(x)))`. A block whose input has another size than `hiddenSize` projects it first.
 *
 * Beside those of `Slstm`, parameters are `weight_in_l0` (the projection), `norm_gain_l0`, `norm_bias_l0`, `conv_weight_l0`,
 * `conv_bias_l0`, `head_gain_l0`, `up_norm_gain_l0`, `up_norm_bias_l0`, `weight_up_l0` and `weight_down_l0`.
 */
export class SlstmBlocks extends RecurrentLayers<SlstmBlockWeights, SlstmBlockState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or `heads` no divisor */
  constructor(session: Session, options: SlstmOptions) {
    requireKnownOptions("SlstmBlocks", options, optionNames);
    super(session, (hiddenSize) => blockKind(session, hiddenSize, options.heads), options);
  }
}

function blockKind(
  session: Session,
  hiddenSize: number,
  headCount: number | undefined,
): RecurrentKind<SlstmBlockWeights, SlstmBlockState> {
  const heads = headsOf("SlstmBlocks", hiddenSize, headCount);
  const startState = (hiddenState: Tensor): SlstmBlockState => {
    const { hiddenState: _, ...cell } = emptySlstm(hiddenState);
    const cellHidden = add(hiddenState, 0); // a tensor of its own, since who hands states on may free them one by one
    const convInputs = session.zeros([hiddenState.shape[0]!, CONV_MEMORY, hiddenSize]);
    return { hiddenState, cellHidden, ...cell, convInputs };
  };
  const run = (input: Tensor, directions: readonly DirectionRun<SlstmBlockWeights, SlstmBlockState>[]) =>
    runBlock(input, directions, startState(session.zeros([input.shape[0]!, hiddenSize])));
  return {
    name: "SlstmBlocks",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => makeWeights(hiddenSize, heads, inputSize, make),
    startState,
    run: (input, direction) => run(input, [direction]),
    runBoth: run,
  };
}

function makeWeights(hiddenSize: number, heads: number, inputSize: number, make: MakeWeight): SlstmBlockWeights {
  const upSize = Math.ceil(UP_FACTOR * hiddenSize);
  return {
    ...makeResidual(inputSize, hiddenSize, make),
    ...makeCausalConv(hiddenSize, make),
    cell: makeSlstmWeights(hiddenSize, heads, hiddenSize, make),
    headGain: make("head_gain", [hiddenSize], ones),
    feedForwardNorm: makeNorm("up_norm", hiddenSize, make),
    weightUp: make("weight_up", [2 * upSize, hiddenSize], perGate(glorotUniform, ["gate", "value"])),
    weightDown: make("weight_down", [hiddenSize, upSize], glorotUniform),
  };
}

/** One block in one direction or both, whose cells are walked together. */
function runBlock(
  input: Tensor,
  directions: readonly DirectionRun<SlstmBlockWeights, SlstmBlockState>[],
  empty: SlstmBlockState,
): LayerResult<SlstmBlockState> {
  const [batchSize, seqLen] = input.shape as [number, number];
  const before = directions.map(({ weights, options }) => {
    const { lengths, reverse, initialState: start = empty } = options;
    const packing = new Packing("SlstmBlocks", { batchSize, seqLen, lengths, reverse });
    const residual = residualOf(packing.pack(input), weights); // [real positions, hiddenSize]
    const { gates, after } = gatesOf(packing, normalized(residual, weights.norm), weights, start);
    return { packing, residual, gates, after, start, weights, mask: options.recurrentDropoutMask };
  });
  const walked = walkSlstm(
    before[0]!.packing.lengths,
    before.map(({ packing, gates, weights, mask, start }) => ({
      gates: packing.read(gates),
      reverse: false, // the rows stand as they are read
      weights: weights.cell,
      mask,
      start: { ...start, hiddenState: start.cellHidden },
    })),
  );
  const results = before.map(({ packing, residual, after, start, weights }, index) => {
    const { output, state } = walked[index]!;
    const heads = weights.cell.weightIh.shape[1]! / weights.cell.weightHh.shape[1]!;
    const joined = add(residual, headNorm(packing.unread(output), heads, weights.headGain));
    const rows = add(joined, feedForward(normalized(joined, weights.feedForwardNorm), weights));
    const { hiddenState: cellHidden, ...cell } = state;
    const hiddenState = packing.lastRead(rows, start.hiddenState);
    return { output: packing.unpack(rows), state: { hiddenState, cellHidden, ...cell, convInputs: after } };
  });
  return {
    output: concat(
      results.map(({ output }) => output),
      2,
    ),
    states: results.map(({ state }) => state),
  };
}

/** Input and forget gates see the convolution, candidate and output gate the step alone: `[real positions, 4 * hiddenSize]`. */
function gatesOf(packing: Packing, rows: Tensor, weights: SlstmBlockWeights, { convInputs }: SlstmBlockState) {
  const { weightIh, biasIh } = weights.cell;
  const half = 2 * rows.shape[1]!;
  const { output, after } = causalConv(packing.read(rows), packing.lengths, weights, convInputs);
  const part = (x: Tensor, from: number) =>
    linear(x, slice(weightIh, 0, from, from + half), slice(biasIh, 0, from, from + half));
  return { gates: concat([part(swish(packing.unread(output)), 0), part(rows, half)], 1), after };
}

function feedForward(rows: Tensor, { weightUp, weightDown }: SlstmBlockWeights): Tensor {
  const up = linear(rows, weightUp); // [real positions, 2 * upSize]
  const upSize = up.shape[1]! / 2;
  return linear(mul(gelu(slice(up, 1, 0, upSize)), slice(up, 1, upSize, 2 * upSize)), weightDown);
}
