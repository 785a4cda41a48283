/** Gradients of layers with other options than the usual ones, by central differences over ragged rows. */
import { add, createSession, mul, Rng, type Session, sin, square, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import type { StepContext } from "../module.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import type { RecurrentModule } from "./recurrent-module.ts";
import { Rnn } from "./rnn.ts";

const stream = new Rng(9).stream("variants");
const sizes = { inputSize: 2, hiddenSize: 2, stream };
const lengths = Int32Array.of(3, 0, 2);
const step: StepContext = { training: true, step: 1, examples: Int32Array.of(4, 0, 2) };
let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const everything = { projectionSize: 1, peepholes: true, gateLayerNorm: true, cellClip: 0.9, zoneoutRate: 0.2 };

const variants: Record<string, (session: Session) => RecurrentModule> = {
  "lstm with softsign and hard sigmoid": (on) =>
    new Lstm(on, { ...sizes, activation: "softsign", recurrentActivation: "hardSigmoid" }),
  "lstm with a function of one's own": (on) => new Lstm(on, { ...sizes, activation: sin }),
  "lstm with relu": (on) => new Lstm(on, { ...sizes, activation: "relu" }),
  "lstm with all options and elu": (on) => new Lstm(on, { ...sizes, ...everything, activation: "elu" }),
  "lstm that drops inputs, states and weights": (on) =>
    new Lstm(on, { ...sizes, inputDropoutRate: 0.3, recurrentDropoutRate: 0.3, weightDropRate: 0.3 }),
  "gru with selu and hard sigmoid": (on) =>
    new Gru(on, { ...sizes, activation: "selu", recurrentActivation: "hardSigmoidLegacy" }),
  "gru that resets before the product": (on) => new Gru(on, { ...sizes, resetAfter: false, recurrentDropoutRate: 0.3 }),
  "gru without biases": (on) => new Gru(on, { ...sizes, bias: false }),
  "rnn with elu": (on) => new Rnn(on, { ...sizes, activation: "elu", weightDropRate: 0.3 }),
  "two directions whose outputs are multiplied": (on) =>
    new Rnn(on, { ...sizes, numLayers: 2, bidirectional: true, mergeMode: "mul" }),
  "alternating layers of several sizes": (on) =>
    new Gru(on, { ...sizes, hiddenSize: [3, 2], readingOrder: "alternating" }),
};

/** A loss that depends on every result. */
function lossOf(layer: RecurrentModule, x: Tensor): Tensor {
  const { output, lastOutput, state } = layer.forward(x, { lengths, step });
  const states = state.flatMap((one) => Object.values<Tensor>({ ...one }));
  return [output, lastOutput, ...states].map((tensor) => sum(square(tensor))).reduce(add);
}

test.each(Object.entries(variants))("%s", (_, make) => {
  const layer = make(session);
  const x = session.tensor(stream.fork("x").normal(18), [3, 3, 2], { requiresGrad: true });
  checkGradients(() => lossOf(layer, x), [x, ...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("a layer whose gradient is wrong does not pass", () => {
  // `x * stopped(x)` has the slope of `x * x` halved, since the second factor is another tensor to the tape.
  const wrong = (x: Tensor) => mul(x, session.tensor(x.readSync(), x.shape));
  const layer = new Rnn(session, { ...sizes, activation: wrong });
  const x = session.tensor(stream.fork("x").normal(18), [3, 3, 2], { requiresGrad: true });
  expect(() =>
    checkGradients(() => lossOf(layer, x), [...layer.parameters().values()], { eps: 1e-5, rtol: 1e-6 }),
  ).toThrow("central differences");
});
