// A cell, a metric and a whole task of one's own, as a stranger would write them: imported by plugin.mjs.
import { defineCell, Linear, linearCrossEntropy, namedParameters, stackedWeights } from "@cellstate/lstm-core";
import { defineTask, encodeJson, readJson } from "@cellstate/tasks";
import * as t from "@cellstate/tensor";
import { accuracy, confusionMatrix, defineMetric, meanLoss } from "@cellstate/training";
import { z } from "zod";

/** A gate mixes the old state with a new one. */
export const updateGate = defineCell({
  kind: "update-gate",
  description: "layers of update gates (Collins et al. 2016)",
  options: { scale: z.number().positive().default(1).describe("factor of the new state") },
  blocks: 2,
  cellOf: (hiddenSize, { scale }) => ({
    makeWeights: stackedWeights(["update", "candidate"], hiddenSize),
    cell({ weightIh, weightHh, biasIh, biasHh }, input, { hiddenState }) {
      const both = t.add(t.linear(input, weightIh, biasIh), t.linear(hiddenState, weightHh, biasHh));
      const gate = t.sigmoid(t.slice(both, 1, 0, hiddenSize));
      const candidate = t.mul(t.tanh(t.slice(both, 1, hiddenSize, 2 * hiddenSize)), scale);
      return { hiddenState: t.add(candidate, t.mul(gate, t.sub(hiddenState, candidate))) };
    },
  }),
});

export const errorRate = defineMetric(
  { name: "errorRate", direction: "min", unit: "fraction", description: "share of wrong answers" },
  (confusion) => 1 - accuracy(confusion),
);

const labelsFile = z.object({ labels: z.array(z.string()).min(2) });

/** Tells texts apart by how often each letter occurs in them. */
export const byLetters = defineTask({
  name: "by-letters",
  configSchema: z.strictObject({
    letters: z.string().min(1).default("abcdefghijklmnopqrstuvwxyz").describe("what is counted"),
  }),
  plan: (config) => ({
    fields: { text: { kind: "text" }, label: { kind: "category", target: true } },
    metrics: [meanLoss.info, accuracy.info],
    loss: meanLoss.info,
    select: "accuracy",
    async fit(train) {
      const labels = new Set();
      for await (const { values } of train) labels.add(values.label);
      return pipeline(config, [...labels].sort());
    },
    load: (files) => pipeline(config, readJson(files, "labels.json", labelsFile, 1).labels),
  }),
});

function pipeline({ letters }, labels) {
  const size = letters.length;
  return {
    save: () => new Map([["labels.json", encodeJson({ formatVersion: 1, labels })]]),
    encodeOne: ({ values: { text, label } }, index) => ({
      index,
      counts: [...letters].map((letter) => [...text.toLowerCase()].filter((one) => one === letter).length),
      ...(label === undefined ? {} : { label: labels.indexOf(label) }),
    }),
    size: () => 1,
    build(session, rng) {
      const output = new Linear(session, { inputSize: size, outputSize: labels.length, stream: rng.stream("output") });
      const rows = (examples) =>
        session.tensor(
          examples.flatMap(({ counts }) => counts),
          [examples.length, size],
        );
      return {
        module: { parameters: () => namedParameters({ output }) },
        collate: (examples) => examples,
        tokens: (examples) => examples.length,
        loss: (examples) => ({
          loss: linearCrossEntropy(
            rows(examples),
            output.weight,
            Int32Array.from(examples, ({ label }) => label),
            { bias: output.bias },
          ),
          count: examples.length,
        }),
        predictBatch(examples) {
          const logProbs = t.logSoftmax(output.forward(rows(examples))).readSync();
          return examples.map((_, row) => Array.from(logProbs.slice(row * labels.length, (row + 1) * labels.length)));
        },
      };
    },
    score(predictions, examples) {
      const targets = examples.map(({ label }) => label);
      return {
        loss: meanLoss(predictions.map((logProbs, row) => -logProbs[targets[row]])),
        accuracy: accuracy(confusionMatrix(targets, predictions.map(best), labels.length)),
      };
    },
    line: (logProbs, { index, label }) => ({
      index,
      ...(label === undefined ? {} : { label: labels[label] }),
      prediction: labels[best(logProbs)],
    }),
  };
}

function best(logProbs) {
  return logProbs.indexOf(Math.max(...logProbs));
}
