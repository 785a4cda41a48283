/** One step of an LSTM from small operations: the definition that the fused layer is tested against. */
import { add, type LstmWeights, linear, mul, sigmoid, slice, type Tensor, tanh } from "@cellstate/tensor";

/** The recurrent state of one layer in one direction. */
export interface LstmState {
  /** `[batch, hiddenSize]`, also the output of the step. */
  readonly hiddenState: Tensor;
  /** `[batch, hiddenSize]`, never passed to the next layer. */
  readonly cellState: Tensor;
}

/**
 * One step of a long short-term memory with forget gate.
 *
 * @param weights   rows stacked input, forget, candidate, output gate, as in PyTorch
 * @param input     `[batch, inputSize]`
 * @param previous  the state before the step
 * @see Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate)
 */
export function lstmCell(weights: LstmWeights, input: Tensor, previous: LstmState): LstmState {
  const gates = add(
    linear(input, weights.weightIh, weights.biasIh),
    linear(previous.hiddenState, weights.weightHh, weights.biasHh),
  ); // [batch, 4 * hiddenSize]
  const hiddenSize = previous.hiddenState.shape[1]!;
  const gate = (index: number) => slice(gates, 1, index * hiddenSize, (index + 1) * hiddenSize); // [batch, hiddenSize]
  const inputGate = sigmoid(gate(0));
  const forgetGate = sigmoid(gate(1));
  const cellCandidate = tanh(gate(2));
  const outputGate = sigmoid(gate(3));
  const cellState = add(mul(forgetGate, previous.cellState), mul(inputGate, cellCandidate));
  return { hiddenState: mul(outputGate, tanh(cellState)), cellState };
}
