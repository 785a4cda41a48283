import { createSession, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { buildPooling } from "../pooling/poolings.ts";
import { buildRecurrent } from "./build-recurrent.ts";
import { makeParameter } from "./parameter.ts";
import { Rnn } from "./rnn.ts";

const stream = new Rng(1).stream("layers");
const rnn = { inputSize: 2, hiddenSize: 2, numLayers: 1, bidirectional: false, dropoutRate: 0, stream };

test("a kind that is in no list is refused by name, also from plain JavaScript", async () => {
  const session = await createSession({ backend: "reference" });
  const layers = new Rnn(session, rnn);
  expect(() => buildPooling(session, "median" as "max", { layers, stream })).toThrow(
    "buildPooling: expected name to be one of max, mean, last, attention, selfAttention, got median",
  );
  const config = { kind: "lstmm" as "lstm", hiddenSize: 2, numLayers: 1, dropout: 0 };
  expect(() => buildRecurrent(session, config, { inputSize: 2, stream })).toThrow(
    "buildRecurrent: expected kind to be one of lstm, gru, rnn, mgu, cifg, slstm, mlstm, got lstmm; did you mean lstm?",
  );
  const sigmoid = { ...rnn, activation: "Sigmoid" as "tanh" };
  expect(() => new Rnn(session, sigmoid)).toThrow(
    /^Rnn: expected activation to be a function or one of tanh, sigmoid, .*, got Sigmoid; did you mean sigmoid\?$/,
  );
});

test("a weight that cannot lie in memory is refused before it is drawn", async () => {
  const session = await createSession({ backend: "reference" });
  const initializer = () => {
    throw new Error("drawn");
  };
  expect(() => makeParameter(session, { name: "weight", shape: [65_536, 8192], initializer, stream })).toThrow(
    "model: expected the weight weight [65536, 8192] to be at most 268435456 numbers, which fit into memory; lower a size or the vocabulary, got 536870912",
  );
});
