/** The operator LSTM. */
import { add, linear, lstm, mul, slice, sub, type Tensor } from "@cellstate/tensor";
import type { NodeCall, Op, OpResult } from "../run/op.ts";
import { type DirectionResult, initialStates, sequenceInputs, sequenceOutputs } from "./sequence.ts";
import { hasActivations, type LayerActivation, recurrentAttributes, settingsOf } from "./settings.ts";
import { gatesOf, type Walk, walkSteps } from "./walk.ts";
import { type DirectionWeights, hasWeights, hiddenSizeOf, readWeights } from "./weights.ts";

/** The operator has input, output, forget gate and candidate; peepholes of the three gates. */
const order = { gates: [0, 2, 3, 1], peepholes: [0, 2, 1] };
const defaults = ["Sigmoid", "Tanh", "Tanh"];

function run(call: NodeCall): OpResult {
  const settings = settingsOf(call, defaults);
  const couples = call.int("input_forget", 0) !== 0;
  const weights =
    (call.prepared as DirectionWeights[] | undefined) ?? readWeights(call, order, settings.reverse.length);
  const hiddenSize = hiddenSizeOf(call);
  const { x, batch, lengths } = sequenceInputs(call, settings);
  call.reserve([...x.shape.slice(0, 2), settings.reverse.length, 4, hiddenSize]);
  const hidden = initialStates(call, 5, settings, [batch, hiddenSize]);
  const cell = initialStates(call, 6, settings, [batch, hiddenSize]);
  const zeros = hidden && cell ? undefined : call.session.zeros([batch, hiddenSize]);
  const results = settings.reverse.map((reverse, index): DirectionResult => {
    const hiddenState = hidden?.[index] ?? zeros!;
    const cellState = cell?.[index] ?? zeros!;
    const own = weights[index]!;
    if (!settings.clips && !couples && hasActivations(settings.names[index]!, defaults)) {
      const { output, ...state } = lstm(x, own, { lengths, reverse, initialState: { hiddenState, cellState } });
      return { output, states: [state.hiddenState, state.cellState] };
    }
    const walk = { x, lengths, reverse, weights: own, initial: [hiddenState, cellState] };
    return walkCell(walk, settings.activations[index]!, couples);
  });
  return sequenceOutputs(results, settings);
}

function walkCell(walk: Walk, activations: readonly LayerActivation[], couples: boolean): DirectionResult {
  const [gate, candidate, output] = activations as [LayerActivation, LayerActivation, LayerActivation];
  const { weightHh, biasHh, peepholes } = walk.weights;
  const hiddenSize = weightHh.shape[1]!;
  const peep = (index: number, x: Tensor, state: Tensor) =>
    peepholes ? add(x, mul(state, slice(peepholes, 0, index * hiddenSize, (index + 1) * hiddenSize))) : x;
  return walkSteps(walk, (inputPart, [hiddenState, cellState]) => {
    const gates = gatesOf(add(inputPart, linear(hiddenState!, weightHh, biasHh)), hiddenSize);
    const inputGate = gate(peep(0, gates[0]!, cellState!));
    const forgetGate = couples ? sub(walk.x.session.full([], 1), inputGate) : gate(peep(1, gates[1]!, cellState!));
    const next = add(mul(forgetGate, cellState!), mul(inputGate, candidate(gates[2]!)));
    const outputGate = gate(peep(2, gates[3]!, next));
    return [mul(outputGate, output.plain(next)), next]; // a cell state is no pre-activation, as in ONNX Runtime
  });
}

export const lstmOp: Op = {
  attributes: [...recurrentAttributes, "input_forget"],
  prepare: (call) =>
    hasWeights(call) ? readWeights(call, order, settingsOf(call, defaults).reverse.length) : undefined,
  run,
};
