/** The operator RNN: a simple recurrent layer. */
import { add, linear, rnn } from "@cellstate/tensor";
import type { NodeCall, Op, OpResult } from "../run/op.ts";
import { type DirectionResult, initialStates, sequenceInputs, sequenceOutputs } from "./sequence.ts";
import { recurrentAttributes, settingsOf } from "./settings.ts";
import { walkSteps } from "./walk.ts";
import { type DirectionWeights, hasWeights, hiddenSizeOf, readWeights } from "./weights.ts";

const order = { gates: [0], peepholes: [] };
const defaults = ["Tanh"];
const fused = ["tanh", "relu"] as const;

function run(call: NodeCall): OpResult {
  const settings = settingsOf(call, defaults);
  const weights =
    (call.prepared as DirectionWeights[] | undefined) ?? readWeights(call, order, settings.reverse.length);
  const hiddenSize = hiddenSizeOf(call);
  const { x, batch, lengths } = sequenceInputs(call, settings);
  call.reserve([...x.shape.slice(0, 2), settings.reverse.length, hiddenSize]);
  const initial = initialStates(call, 5, settings, [batch, hiddenSize]);
  const results = settings.reverse.map((reverse, index): DirectionResult => {
    const hiddenState = initial?.[index] ?? call.session.zeros([batch, hiddenSize]);
    const own = weights[index]!;
    const activation = fused.find((name) => name === settings.names[index]![0]!.toLowerCase());
    if (activation !== undefined && !settings.clips) {
      const { output, ...state } = rnn(x, own, { lengths, reverse, activation, initialState: { hiddenState } });
      return { output, states: [state.hiddenState] };
    }
    const activate = settings.activations[index]![0]!;
    return walkSteps({ x, lengths, reverse, weights: own, initial: [hiddenState] }, (inputPart, [state]) => [
      activate(add(inputPart, linear(state!, own.weightHh, own.biasHh))),
    ]);
  });
  return sequenceOutputs(results, settings);
}

export const rnnOp: Op = {
  attributes: recurrentAttributes,
  prepare: (call) =>
    hasWeights(call) ? readWeights(call, order, settingsOf(call, defaults).reverse.length) : undefined,
  run,
};
