/** Layers of gated recurrent units. */
import {
  add,
  bidirectionalGru,
  gru,
  linear,
  mul,
  type OptionNames,
  type RecurrentState,
  type RecurrentWeights,
  requireKnownOptions,
  resetBeforeGru,
  type Session,
  sigmoid,
  slice,
  splitRows,
  type Tensor,
  tanh,
} from "@cellstate/tensor";
import { gruStep } from "../cells/gru-cell.ts";
import { gruGates } from "../initializers/per-gate.ts";
import { bothDirections } from "./both-directions.ts";
import { composedKind } from "./composed.ts";
import { RecurrentLayers } from "./recurrent.ts";
import { type ActivationOptions, recurrentFunction } from "./recurrent-activations.ts";
import type { DirectionRun, LayerResult, RecurrentKind } from "./recurrent-kind.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";
import { stackedWeights } from "./stacked-weights.ts";
import { walkLayer } from "./walk-layer.ts";
import { type WeightDropOptions, withWeightDrop } from "./weight-drop.ts";
import { type BiasOptions, biasNames, withoutBias } from "./without-bias.ts";

export interface GruOptions extends RecurrentLayerOptions, BiasOptions, ActivationOptions, WeightDropOptions {
  /**
   * Whether the reset gate acts on the hidden product of the candidate, as in PyTorch and in Keras since version 2, or before it on the
   * hidden state, as in Cho et al. 2014 and Keras 1; the latter has no `bias_hh` and goes step by step. Default true.
   */
  readonly resetAfter?: boolean | undefined;
}

const optionNames: OptionNames<GruOptions> = {
  ...recurrentLayerOptionNames,
  bias: true,
  activation: true,
  recurrentActivation: true,
  resetAfter: true,
  weightDropRate: true,
};

/**
 * Gated recurrent units (Cho et al. 2014) with PyTorch's formula, parameter names (`weight_ih_l0`, ...) and gate order reset,
 * update, candidate. Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), biases 0.
 */
export class Gru extends RecurrentLayers<RecurrentWeights, RecurrentState> {
  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, a rate outside `[0, 1)`, or there is no such activation */
  constructor(session: Session, options: GruOptions) {
    requireKnownOptions("Gru", options, optionNames);
    super(session, gruKinds(session, options), options);
  }
}

function gruKinds(
  session: Session,
  options: GruOptions,
): (hiddenSize: number) => RecurrentKind<RecurrentWeights, RecurrentState> {
  const { activation = "tanh", recurrentActivation = "sigmoid", resetAfter = true, bias = true } = options;
  const functions = {
    activation: recurrentFunction("Gru", "activation", activation, "clip gradients, or take tanh"),
    recurrentActivation: recurrentFunction("Gru", "recurrentActivation", recurrentActivation, "take sigmoid"),
  };
  const isPlain = functions.activation === tanh && functions.recurrentActivation === sigmoid;
  const [isFused, isResetBefore] = [isPlain && resetAfter, isPlain && !resetAfter];
  // Before the product there is nothing between the two biases, so that one of them says all.
  const missing = bias ? (resetAfter ? [] : (["bias_hh"] as const)) : biasNames;
  return (hiddenSize) => {
    const makeWeights = stackedWeights(gruGates, hiddenSize);
    const walked = composedKind<RecurrentWeights, RecurrentState>({
      name: "Gru",
      stateSize: hiddenSize,
      makeWeights: (inputSize, make) => makeWeights(inputSize, withoutBias(session, make, missing)),
      startState: (hiddenState) => ({ hiddenState }),
      prepare: ({ weightIh, biasIh }, inputs) => linear(inputs, weightIh, biasIh),
      cell: (weights, ofInput, previous, { recurrentDropoutMask }) =>
        gruStep(weights, ofInput, previous, { ...functions, resetAfter, recurrentDropoutMask }),
    });
    if (isResetBefore) return withWeightDrop({ ...walked, ...resetBefore(walked) }, options.weightDropRate);
    const kind = resetAfter ? { ...walked, gates: gatesOf(functions) } : walked;
    return withWeightDrop(isFused ? { ...kind, ...fused } : kind, options.weightDropRate);
  };
}

type Gates = NonNullable<RecurrentKind<RecurrentWeights, RecurrentState>["gates"]>;

function gatesOf({
  activation,
  recurrentActivation,
}: Record<"activation" | "recurrentActivation", (x: Tensor) => Tensor>): Gates {
  return ({ weightIh, weightHh, biasIh, biasHh }, input, previous) => {
    const size = weightIh.shape[0]! / 3;
    const [ofInput, ofHidden] = [linear(input, weightIh, biasIh), linear(previous, weightHh, biasHh)]; // [batch, time, 3 * hiddenSize]
    const part = (sums: Tensor, index: number) => slice(sums, 2, index * size, (index + 1) * size);
    const gate = (index: number) => recurrentActivation(add(part(ofInput, index), part(ofHidden, index)));
    const reset = gate(0);
    const candidate = activation(add(part(ofInput, 2), mul(reset, part(ofHidden, 2))));
    return { weightIh, activations: { reset_gate: reset, update_gate: gate(1), candidate } };
  };
}

const fused: Pick<RecurrentKind<RecurrentWeights, RecurrentState>, "run" | "runBoth"> = {
  run: (input, { weights, options }) => {
    const { output, hiddenState } = gru(input, weights, options);
    return { output, states: [{ hiddenState }] };
  },
  runBoth: (input, [first, second]) => {
    const directionOf = ({ weights, options }: typeof first) => ({ weights, options });
    return bidirectionalGru(input, [directionOf(first), directionOf(second)]);
  },
};

/** Runs a layer by the op of one step, on hidden weights that are cut once for all steps. */
function resetBefore(
  kind: RecurrentKind<RecurrentWeights, RecurrentState>,
): Pick<RecurrentKind<RecurrentWeights, RecurrentState>, "run" | "runBoth"> {
  type Run = DirectionRun<RecurrentWeights, RecurrentState>;
  const run = (input: Tensor, direction: Run): LayerResult<RecurrentState> => {
    const { weightIh, weightHh, biasIh } = direction.weights;
    const hiddenSize = kind.stateSize;
    const [gates, candidate] = splitRows(weightHh, [2 * hiddenSize, hiddenSize]) as [Tensor, Tensor];
    return walkLayer(kind, input, direction, {
      prepare: (inputs) => linear(inputs, weightIh, biasIh),
      step: (ofInput, { hiddenState }, { mask }) => ({
        hiddenState: resetBeforeGru(ofInput, { gates, candidate }, hiddenState, mask),
      }),
    });
  };
  return { run, runBoth: bothDirections(run) };
}
