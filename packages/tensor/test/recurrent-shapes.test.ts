import { afterAll, beforeAll, expect, test } from "vitest";
import * as t from "../src/index.ts";

let session: t.Session;
beforeAll(async () => {
  session = await t.createSession({ backend: "reference" });
});
afterAll(() => session.dispose());

/** Weights for an input of three features and two units. */
function weightsOf(gates: number): t.RecurrentWeights {
  return {
    weightIh: session.zeros([gates * 2, 3]),
    weightHh: session.zeros([gates * 2, 2]),
    biasIh: session.zeros([gates * 2]),
    biasHh: session.zeros([gates * 2]),
  };
}

test.each([
  ["lstm", t.lstm, 4],
  ["gru", t.gru, 3],
  ["rnn", t.rnn, 1],
] as const)("%s blames the input, not the weight, where the input has another number of features", (op, run, gates) => {
  expect(() => run(session.zeros([1, 5, 4]), weightsOf(gates))).toThrow(
    `${op}: expected input of shape [batch, time, 3], as weightIh has 3 columns, got [1, 5, 4]`,
  );
  expect(() => run(session.zeros([1, 5, 3]), weightsOf(gates + 1))).toThrow(`${op}: expected weightIh of shape`);
});
