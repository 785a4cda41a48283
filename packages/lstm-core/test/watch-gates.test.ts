/** Gates that are worked out after fused layers are those with which the layers came to their outputs. */
import { evaluationStep, Gru, Lstm, type SeenGates } from "@cellstate/lstm-core";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const lengths = Int32Array.of(4, 0, 2);
const hiddenSize = 3;

type StepOf = (gates: Readonly<Record<string, number>>, before: number, cell: number) => readonly [number, number];
const lstmStepOf: StepOf = (gates, _, cell) => {
  const next = gates.forget_gate! * cell + gates.input_gate! * gates.candidate!;
  return [gates.output_gate! * Math.tanh(next), next];
};
const gruStepOf: StepOf = ({ update_gate: update = 0, candidate = 0 }, before) => [
  (1 - update) * candidate + update * before,
  0,
];

test.each([
  ["lstm", Lstm, lstmStepOf, ["input_gate", "forget_gate", "candidate", "output_gate"]],
  ["gru", Gru, gruStepOf, ["reset_gate", "update_gate", "candidate"]],
] as const)(
  "the outputs of %s follow from its gates, in both directions of ragged rows",
  (name, Kind, stepOf, gates) => {
    const stream = new Rng(5).stream(name);
    const layers = new Kind(session, { inputSize: 2, hiddenSize, numLayers: 2, bidirectional: true, stream });
    const input = session.tensor(stream.fork("input").normal(3 * 4 * 2), [3, 4, 2]);
    const seen: SeenGates[] = [];
    const step = { ...evaluationStep, gateWatch: { see: (one: SeenGates) => void seen.push(one) } };
    const { output } = layers.forward(input, { lengths, step });
    expect(output.readSync()).toEqual(layers.forward(input, { lengths }).output.readSync());
    expect(seen.map(({ weightIh }) => weightIh)).toEqual(
      ["l0", "l0_reverse", "l1", "l1_reverse"].map((suffix) => layers.parameters().get(`weight_ih_${suffix}`)),
    );
    const values = output.readSync(); // [batch, time, 2 * hiddenSize]
    for (const [direction, { activations, lengths: seenLengths }] of seen.slice(2).entries()) {
      expect(Object.keys(activations)).toEqual(gates);
      expect(seenLengths).toBe(lengths);
      const read = Object.entries(activations).map(([gate, tensor]) => [gate, tensor.readSync()] as const);
      for (const [row, length] of lengths.entries()) {
        for (let unit = 0; unit < hiddenSize; unit++) {
          let state: readonly [number, number] = [0, 0];
          for (let count = 0; count < length; count++) {
            const time = direction === 0 ? count : length - 1 - count;
            const at = (row * 4 + time) * hiddenSize + unit;
            state = stepOf(Object.fromEntries(read.map(([gate, all]) => [gate, all[at]!])), ...state);
            expect(state[0]).toBeCloseTo(
              values[(row * 4 + time) * 2 * hiddenSize + direction * hiddenSize + unit]!,
              12,
            );
          }
        }
      }
    }
  },
);

test("a kind that cannot tell its gates afterwards shows none", () => {
  const stream = new Rng(5).stream("peepholes");
  const layers = new Lstm(session, { inputSize: 2, hiddenSize, peepholes: true, stream });
  const step = {
    ...evaluationStep,
    gateWatch: {
      see: () => {
        throw new Error("nothing to see");
      },
    },
  };
  expect(layers.forward(session.zeros([1, 2, 2]), { step }).output.shape).toEqual([1, 2, hiddenSize]);
});
