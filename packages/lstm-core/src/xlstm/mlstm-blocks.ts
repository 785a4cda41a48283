/** Residual blocks around the mLSTM, which works on twice the features (Beck et al. 2024, section 2.4 and figure 10). */
import {
  add,
  concat,
  linear,
  matmul,
  mul,
  type RecurrentState,
  requireKnownOptions,
  reshape,
  type Session,
  slice,
  type Tensor,
  transpose,
} from "@cellstate/tensor";
import { swish } from "../activations/smooth.ts";
import { requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { ones, uniform, zeros } from "../initializers/initializer.ts";
import { perGate } from "../initializers/per-gate.ts";
import { bothDirections } from "../layers/both-directions.ts";
import { Packing } from "../layers/packing.ts";
import { RecurrentLayers } from "../layers/recurrent.ts";
import type { DirectionRun, LayerResult, MakeWeight, RecurrentKind } from "../layers/recurrent-kind.ts";
import { headNorm, makeResidual, normalized, type ResidualWeights, residualOf } from "./block-parts.ts";
import { type CausalConvWeights, CONV_MEMORY, causalConv, makeCausalConv } from "./causal-conv.ts";
import { headsOf } from "./heads.ts";
import { emptyMemory, forgetRange, type MlstmOptions, mlstmOptionNames, usualChunkSize } from "./mlstm.ts";
import { type MlstmMemory, readMemory } from "./mlstm-run.ts";

/** The memory has `innerSize = 2 * hiddenSize` features. */
interface MlstmBlockWeights extends ResidualWeights, CausalConvWeights {
  /** `[2 * innerSize, hiddenSize]`, rows stacked memory, output gate. */
  readonly weightUp: Tensor;
  /** Each `[innerSize / 4, 4, 4]` (2 for 4 where 4 does not divide): features are mixed four by four. */
  readonly weightQuery: Tensor;
  readonly weightKey: Tensor;
  readonly weightValue: Tensor;
  /** `[2 * heads, 3 * innerSize]`, rows stacked input, forget gate, columns query, key, value. */
  readonly weightGates: Tensor;
  /** `[2 * heads]` */
  readonly biasGates: Tensor;
  /** `[innerSize]` */
  readonly headGain: Tensor;
  /** `[innerSize]`: how much of the convolution goes past the memory. */
  readonly skip: Tensor;
  /** `[hiddenSize, innerSize]` */
  readonly weightDown: Tensor;
}

/** `hiddenState` is the output of the block; the memory is as in `MlstmState`, of twice the features. */
export interface MlstmBlockState extends RecurrentState, MlstmMemory {
  /** `[batch, 3, 2 * hiddenSize]`: what the convolution still sees of the steps before. */
  readonly convInputs: Tensor;
}

/**
 * Stacks of residual blocks: `x + down((mLSTM(inner) + skip * conv(inner)) * swish(gate))`, `inner` and `gate` being projections of `norm(x)` to
 * twice the features; queries and keys see a short causal convolution, and heads are normalized. A block whose input has another size
 * than `hiddenSize` projects it first.
 *
 * Parameters are `weight_in_l0` (the projection), `norm_gain_l0`, `norm_bias_l0`, `weight_up_l0`, `conv_weight_l0`, `conv_bias_l0`,
 * `weight_query_l0`, `weight_key_l0`, `weight_value_l0`, `weight_gates_l0`, `bias_gates_l0`, `head_gain_l0`, `skip_l0` and `weight_down_l0`.
 */
export class MlstmBlocks extends RecurrentLayers<MlstmBlockWeights, MlstmBlockState> {
  /** @throws {OptionError} as {@link Mlstm} does */
  constructor(session: Session, options: MlstmOptions) {
    requireKnownOptions("MlstmBlocks", options, mlstmOptionNames);
    super(session, (hiddenSize) => blockKind(session, hiddenSize, options), options);
  }
}

function blockKind(
  session: Session,
  hiddenSize: number,
  options: MlstmOptions,
): RecurrentKind<MlstmBlockWeights, MlstmBlockState> {
  const { chunkSize = usualChunkSize } = options;
  requireSize("MlstmBlocks", "chunkSize", chunkSize);
  const heads = headsOf("MlstmBlocks", hiddenSize, options.heads);
  const innerSize = 2 * hiddenSize;
  const startState = (hiddenState: Tensor): MlstmBlockState => {
    const batchSize = hiddenState.shape[0]!;
    const convInputs = session.zeros([batchSize, CONV_MEMORY, innerSize]);
    return { hiddenState, ...emptyMemory(session, [batchSize, heads, innerSize / heads]), convInputs };
  };
  const run = (input: Tensor, direction: DirectionRun<MlstmBlockWeights, MlstmBlockState>) => {
    const { initialState = startState(session.zeros([input.shape[0]!, hiddenSize])) } = direction.options;
    return runBlock(input, direction, initialState, chunkSize);
  };
  return {
    name: "MlstmBlocks",
    stateSize: hiddenSize,
    makeWeights: (inputSize, make) => makeWeights(hiddenSize, heads, inputSize, make),
    startState,
    run,
    runBoth: bothDirections(run),
  };
}

function makeWeights(hiddenSize: number, heads: number, inputSize: number, make: MakeWeight): MlstmBlockWeights {
  const innerSize = 2 * hiddenSize;
  const group = innerSize % 4 === 0 ? 4 : 2;
  const bound = Math.sqrt(3 / group); // Glorot uniform within a group
  const mix = (name: string) => make(name, [innerSize / group, group, group], uniform(-bound, bound));
  return {
    ...makeResidual(inputSize, hiddenSize, make),
    ...makeCausalConv(innerSize, make),
    weightUp: make("weight_up", [2 * innerSize, hiddenSize], perGate(glorotUniform, ["memory", "output"])),
    weightQuery: mix("weight_query"),
    weightKey: mix("weight_key"),
    weightValue: mix("weight_value"),
    weightGates: make("weight_gates", [2 * heads, 3 * innerSize], zeros),
    biasGates: make("bias_gates", [2 * heads], forgetRange(heads)),
    headGain: make("head_gain", [innerSize], ones),
    skip: make("skip", [innerSize], ones),
    weightDown: make("weight_down", [hiddenSize, innerSize], glorotUniform),
  };
}

function runBlock(
  input: Tensor,
  { weights, options }: DirectionRun<MlstmBlockWeights, MlstmBlockState>,
  start: MlstmBlockState,
  chunkSize: number,
): LayerResult<MlstmBlockState> {
  const [batchSize, seqLen] = input.shape as [number, number];
  const packing = new Packing("MlstmBlocks", { batchSize, seqLen, lengths: options.lengths, reverse: options.reverse });
  const residual = residualOf(packing.pack(input), weights); // [real positions, hiddenSize]
  const up = linear(normalized(residual, weights.norm), weights.weightUp); // [real positions, 2 * innerSize]
  const innerSize = up.shape[1]! / 2;
  const [inner, gate] = [slice(up, 1, 0, innerSize), slice(up, 1, innerSize, 2 * innerSize)];
  const { output, after } = causalConv(packing.read(inner), packing.lengths, weights, start.convInputs);
  const convolved = swish(packing.unread(output));
  const query = mixGroups(convolved, weights.weightQuery);
  const key = mixGroups(convolved, weights.weightKey);
  const vectors = concat([query, key, mixGroups(inner, weights.weightValue)], 1); // [real positions, 3 * innerSize]
  const logs = linear(vectors, weights.weightGates, weights.biasGates);
  const { found, ...memory } = readMemory(packing, { vectors, logs, start, chunkSize });
  const heads = memory.stabilizer.shape[1]!;
  const hidden = add(headNorm(found, heads, weights.headGain), mul(convolved, weights.skip));
  const rows = add(residual, linear(mul(hidden, swish(gate)), weights.weightDown));
  const hiddenState = packing.lastRead(rows, start.hiddenState);
  return { output: packing.unpack(rows), states: [{ hiddenState, ...memory, convInputs: after }] };
}

/** Features times a matrix group by group: `[rows, features]` to the same. */
function mixGroups(x: Tensor, weight: Tensor): Tensor {
  const [rows, features] = x.shape as [number, number];
  const [groups, size] = weight.shape as [number, number];
  const apart = transpose(reshape(x, [rows, groups, size]), [1, 0, 2]); // [groups, rows, size]
  const mixed = transpose(matmul(apart, weight, { transposeB: true }), [1, 0, 2]);
  return reshape(mixed, [rows, features]);
}
