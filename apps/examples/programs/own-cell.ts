/** Makes a recurrent layer of a cell of one's own and teaches it whether the number of ones in a row of bits is odd. */
import * as core from "@cellstate/lstm-core";
import * as t from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";

const hiddenSize = 16;

/** One step of an update gate network (Collins et al. 2016, arXiv:1611.09913): a gate mixes the old state with a new one. */
const updateGateCell: core.Cell<t.RecurrentWeights, t.RecurrentState> = (weights, input, { hiddenState }) => {
  const ofInput = t.linear(input, weights.weightIh, weights.biasIh);
  const both = t.add(ofInput, t.linear(hiddenState, weights.weightHh, weights.biasHh)); // [batch, 2 * hiddenSize]
  const gate = t.sigmoid(t.slice(both, 1, 0, hiddenSize));
  const candidate = t.tanh(t.slice(both, 1, hiddenSize, 2 * hiddenSize));
  return { hiddenState: t.add(candidate, t.mul(gate, t.sub(hiddenState, candidate))) };
};

const session = await t.createSession();
const stream = new t.Rng(7).stream("model");
const kindOf = (stateSize: number) =>
  core.composedKind({
    name: "UpdateGate",
    stateSize,
    makeWeights: core.stackedWeights(["update", "candidate"], stateSize),
    startState: (hiddenState) => ({ hiddenState }),
    cell: updateGateCell,
  });
const layers = new core.RecurrentLayers(session, kindOf, { inputSize: 1, hiddenSize, stream });
const head = new core.Linear(session, { inputSize: hiddenSize, outputSize: 2, stream: stream.fork("head") });

/** Logits `[2^length, 2]` of all rows of `length` bits, and whether each has an odd number of ones. */
function run(length: number) {
  const rows = Array.from({ length: 2 ** length }, (_, row) => Array.from({ length }, (_, bit) => (row >> bit) & 1));
  const labels = Int32Array.from(rows, (row) => row.filter((bit) => bit === 1).length % 2);
  const { state } = layers.forward(session.tensor(rows.flat(), [rows.length, length, 1]));
  return { logits: head.forward(state[0]!.hiddenState), labels };
}

const parameters = core.namedParameters({ layers, head });
const optimizer = createOptimizer({ kind: "adam" }, parameters, session);
for (let step = 0; step < 400; step++) {
  using _ = session.scope(); // frees what the step has made
  const { logits, labels } = run(6);
  optimizer.step(t.backward(core.crossEntropy(logits, labels)), { learningRate: 0.01, gradientScale: 1 });
}

for (const length of [6, 9]) {
  const { logits, labels } = run(length); // also of rows that are longer than those it learned from
  const values = logits.readSync();
  const right = labels.filter((label, row) => Number(values[2 * row + 1]! > values[2 * row]!) === label).length;
  console.log(`rows of ${length} bits: ${right} of ${labels.length} right`);
}
await session.dispose();

/* prints:
rows of 6 bits: 64 of 64 right
rows of 9 bits: 512 of 512 right
*/
