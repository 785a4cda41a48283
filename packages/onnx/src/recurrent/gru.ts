/** The operator GRU. */
import { add, gru, linear, mul, slice, sub } from "@cellstate/tensor";
import type { NodeCall, Op, OpResult } from "../run/op.ts";
import { type DirectionResult, initialStates, sequenceInputs, sequenceOutputs } from "./sequence.ts";
import { hasActivations, type LayerActivation, recurrentAttributes, settingsOf } from "./settings.ts";
import { gatesOf, type Walk, walkSteps } from "./walk.ts";
import { type DirectionWeights, hasWeights, hiddenSizeOf, readWeights } from "./weights.ts";

/** The operator has update gate, reset gate and candidate. */
const order = { gates: [1, 0, 2], peepholes: [] };
const defaults = ["Sigmoid", "Tanh"];

function run(call: NodeCall): OpResult {
  const settings = settingsOf(call, defaults);
  const resetsAfter = call.int("linear_before_reset", 0) !== 0;
  const weights =
    (call.prepared as DirectionWeights[] | undefined) ?? readWeights(call, order, settings.reverse.length);
  const hiddenSize = hiddenSizeOf(call);
  const { x, batch, lengths } = sequenceInputs(call, settings);
  call.reserve([...x.shape.slice(0, 2), settings.reverse.length, 3, hiddenSize]);
  const initial = initialStates(call, 5, settings, [batch, hiddenSize]);
  const results = settings.reverse.map((reverse, index): DirectionResult => {
    const hiddenState = initial?.[index] ?? call.session.zeros([batch, hiddenSize]);
    const own = weights[index]!;
    if (resetsAfter && !settings.clips && hasActivations(settings.names[index]!, defaults)) {
      const { output, ...state } = gru(x, own, { lengths, reverse, initialState: { hiddenState } });
      return { output, states: [state.hiddenState] };
    }
    const walk = { x, lengths, reverse, weights: own, initial: [hiddenState] };
    return walkCell(walk, settings.activations[index]!, resetsAfter);
  });
  return sequenceOutputs(results, settings);
}

/** The reset gate acts on the hidden state before its product with the candidate's weights, or on the product. */
function walkCell(walk: Walk, activations: readonly LayerActivation[], resetsAfter: boolean): DirectionResult {
  const [gate, candidate] = activations as [LayerActivation, LayerActivation];
  const { weightHh, biasHh } = walk.weights;
  const hiddenSize = weightHh.shape[1]!;
  const rows = (from: number, to: number) =>
    [
      slice(weightHh, 0, from * hiddenSize, to * hiddenSize),
      slice(biasHh, 0, from * hiddenSize, to * hiddenSize),
    ] as const;
  const [ofGates, ofCandidate] = [rows(0, 2), rows(2, 3)];
  return walkSteps(walk, (inputPart, [hiddenState]) => {
    const inputs = gatesOf(inputPart, hiddenSize);
    const hidden = gatesOf(linear(hiddenState!, ...ofGates), hiddenSize);
    const reset = gate(add(inputs[0]!, hidden[0]!));
    const update = gate(add(inputs[1]!, hidden[1]!));
    const seen = resetsAfter
      ? mul(reset, linear(hiddenState!, ...ofCandidate))
      : linear(mul(reset, hiddenState!), ...ofCandidate);
    const next = candidate(add(inputs[2]!, seen));
    return [add(mul(sub(walk.x.session.full([], 1), update), next), mul(update, hiddenState!))];
  });
}

export const gruOp: Op = {
  attributes: [...recurrentAttributes, "linear_before_reset"],
  prepare: (call) =>
    hasWeights(call) ? readWeights(call, order, settingsOf(call, defaults).reverse.length) : undefined,
  run,
};
