import { createSession, dropout, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { loadStateDict, type StepContext, stateDict } from "../module.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import { Rnn } from "./rnn.ts";

const stream = new Rng(6).stream("weight drop");
const sizes = { inputSize: 2, hiddenSize: 8, stream };
const training = (step: number, ...examples: number[]): StepContext => ({
  training: true,
  step,
  examples: Int32Array.from(examples),
});
const inputOf = (session: Session) => session.tensor(stream.fork("x").normal(12), [2, 3, 2], { requiresGrad: true });

test.each([Lstm, Gru, Rnn])("%o runs as if some recurrent weights were 0 and the others larger", async (Layer) => {
  const session = await createSession({ backend: "reference" });
  const dropping = new Layer(session, { ...sizes, weightDropRate: 0.5 });
  const plain = new Layer(session, sizes);
  const weights = stateDict(dropping);
  const saved = weights.get("weight_hh_l0")!;
  const rows = Int32Array.from({ length: saved.shape[0]! }, (_, row) => row);
  const address = { stream: stream.fork("l0").fork("weight_drop"), step: 3, examples: rows };
  const data = dropout(session.tensor(saved.data, saved.shape), 0.5, address).readSync();
  const share = data.filter((weight) => weight === 0).length / data.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.2);
  loadStateDict(plain, weights.set("weight_hh_l0", { ...saved, data }));
  const got = dropping.forward(inputOf(session), { step: training(3, 1, 2) }).output.readSync();
  expect([...got]).toEqual([...plain.forward(inputOf(session)).output.readSync()]);
});

test("a mask lasts a step of training, whatever the rows, and evaluation drops nothing", async () => {
  const session = await createSession({ backend: "reference" });
  const layer = new Lstm(session, { ...sizes, weightDropRate: 0.5 });
  const outputOf = (step: StepContext) => [...layer.forward(inputOf(session), { step }).output.readSync()];
  expect(outputOf(training(1, 1, 2))).toEqual(outputOf(training(1, 7, 9)));
  expect(outputOf(training(1, 1, 2))).not.toEqual(outputOf(training(2, 1, 2)));
  const evaluation = { ...training(1, 1, 2), training: false };
  expect(outputOf(evaluation)).toEqual([...new Lstm(session, sizes).forward(inputOf(session)).output.readSync()]);
});

test("gradients agree with central differences", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const layer = new Lstm(session, { ...sizes, hiddenSize: 3, numLayers: 2, bidirectional: true, weightDropRate: 0.4 });
  const x = inputOf(session);
  const loss = () => sum(square(layer.forward(x, { lengths: Int32Array.of(3, 1), step: training(2, 4, 5) }).output));
  checkGradients(loss, [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});
