import { expect, test } from "vitest";
import { headOf, type OutputFacts, outputSection } from "./outputs.ts";

const loss = (name: string, fromLogits = false) => ({ loss: { name, fromLogits } });

test.each<[string, OutputFacts, object]>([
  ["softmax", { outputs: 3, head: "softmax" }, { kind: "classes", scores: "probabilities" }],
  ["one sigmoid", { outputs: 1, head: "sigmoid" }, { kind: "classes", labels: ["0", "1"], scores: "probabilities" }],
  ["several sigmoids", { outputs: 6, head: "sigmoid" }, { kind: "labels", scores: "probabilities" }],
  [
    "sigmoids with the loss of classes",
    { outputs: 2, head: "sigmoid", ...loss("categorical_crossentropy") },
    { kind: "classes", scores: "probabilities" },
  ],
  ["one linear output", { outputs: 1, head: "linear" }, { kind: "numbers", labels: ["value"] }],
  [
    "one linear output with a binary loss",
    { outputs: 1, head: "linear", ...loss("binary_crossentropy", true) },
    { kind: "classes", labels: ["0", "1"], scores: "logits" },
  ],
  [
    "one linear output with two names",
    { outputs: 1, head: "linear", labels: "no, yes" },
    { kind: "classes", labels: ["no", "yes"], scores: "logits" },
  ],
  ["several linear outputs", { outputs: 3, head: "linear" }, { kind: "classes", scores: "logits" }],
  [
    "several linear outputs with a binary loss",
    { outputs: 3, head: "linear", ...loss("binary_crossentropy", true) },
    { kind: "labels", scores: "logits" },
  ],
  [
    "several linear outputs with a loss of numbers",
    { outputs: 2, head: "linear", ...loss("mean_squared_error"), labels: "valence,arousal" },
    { kind: "numbers", labels: ["valence", "arousal"] },
  ],
  ["one relu", { outputs: 1, head: "other" }, { kind: "numbers", labels: ["value"] }],
  ["what the command line says", { outputs: 1, head: "linear", kind: "labels" }, { kind: "labels", labels: ["0"] }],
])("%s", (_, facts, expected) => {
  expect(outputSection(facts)).toMatchObject(expected);
});

test("names that do not fit the outputs are refused", () => {
  const refused = (facts: Partial<OutputFacts>) => () => outputSection({ outputs: 1, head: "linear", ...facts });
  expect(refused({ labels: "a,b,c" })).toThrow(
    "--labels: expected 1 name, since the network has 1 output; got 3: a, b, c",
  );
  expect(refused({ outputs: 2, head: "sigmoid", labels: "a,text" })).toThrow("text is the column of the texts");
});

test.each([
  ["Softmax", "softmax"],
  ["hardSigmoid", "sigmoid"],
  ["LogSoftmax", "linear"],
  ["Gemm", "linear"],
  ["Relu", "other"],
  ["", "other"],
])("%s at the end: %s", (name, head) => {
  expect(headOf(name)).toBe(head);
});
