/** Exported classifiers give in ONNX Runtime, and opened here, what the model itself gives. */
import { evaluationStep, padIds, poolingNames, recurrentKindNames } from "@cellstate/lstm-core";
import { classifyConfig, TextClassifier } from "@cellstate/tasks";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportClassifier, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

const VOCAB = 11;
const labels = ["down", "level", "up"];

/** Recurrent layers, with the poolings over them; `max` where none is named. */
const encoders: readonly Readonly<Record<string, unknown>>[] = [
  ...recurrentKindNames.map((kind) => ({ kind, hiddenSize: 4 })),
  { kind: "lstm", hiddenSize: 4, numLayers: 2, bidirectional: true },
  { kind: "gru", hiddenSize: 4, numLayers: 2, bidirectional: true },
  { kind: "rnn", hiddenSize: 4, bidirectional: true, activation: "relu" },
  { kind: "mgu", hiddenSize: 3, numLayers: 2, bidirectional: true },
  { kind: "slstm", hiddenSize: 6, heads: 3, bidirectional: true },
  { kind: "slstm", hiddenSize: 8, heads: 2, block: true, numLayers: 2, bidirectional: true }, // heads of 2 units magnify rounding
  { kind: "mlstm", hiddenSize: 6, heads: 2, numLayers: 2, bidirectional: true },
  { kind: "mlstm", hiddenSize: 4, chunkSize: 1, readingOrder: "reverse" },
  { kind: "mlstm", hiddenSize: 3, block: true, numLayers: 2, bidirectional: true },
  { kind: "lstm", hiddenSize: [3, 5] },
  { kind: "lstm", hiddenSize: 4, peepholes: true, bidirectional: true },
  { kind: "lstm", hiddenSize: 4, projectionSize: 3, bidirectional: true },
  { kind: "lstm", hiddenSize: 4, gateLayerNorm: true, peepholes: true },
  { kind: "lstm", hiddenSize: 4, bias: false },
  { kind: "lstm", hiddenSize: 4, gateLayerNorm: true, bias: false },
  { kind: "gru", hiddenSize: 4, bias: false },
  { kind: "gru", hiddenSize: 4, resetAfter: false, bias: false },
  {
    kind: "rnn",
    hiddenSize: 4,
    bias: false,
    inputDropout: 0.1,
    initializers: { weightHh: "identity" },
    activationPenalty: 2,
  },
  { kind: "lstm", hiddenSize: 4, cellClip: 0.1 },
  { kind: "lstm", hiddenSize: 4, zoneout: { hidden: 0.2, cell: 0.4 } },
  { kind: "lstm", hiddenSize: 4, activation: "softsign", recurrentActivation: "hardSigmoid" },
  { kind: "gru", hiddenSize: 4, resetAfter: false, bidirectional: true },
  { kind: "gru", hiddenSize: 4, activation: "elu", recurrentActivation: "hardSigmoidLegacy" },
  { kind: "lstm", hiddenSize: 4, numLayers: 3, readingOrder: "alternating" },
  { kind: "lstm", hiddenSize: 4, readingOrder: "reverse" },
  { kind: "lstm", hiddenSize: 4, numLayers: 2, residual: true, bidirectional: true },
  { kind: "gru", hiddenSize: 4, numLayers: 2, highway: true },
  ...["sum", "mul", "average"].map((mergeMode) => ({ kind: "lstm", hiddenSize: 4, bidirectional: true, mergeMode })),
];

const networks = [
  ...encoders.map((encoder) => ({ encoder, pooling: "max" })),
  ...poolingNames.map((pooling) => ({ encoder: { kind: "lstm", hiddenSize: 4, bidirectional: true }, pooling })),
  { encoder: { kind: "gru", hiddenSize: 4, numLayers: 2, highway: true }, pooling: "last" },
  { encoder: { kind: "lstm", hiddenSize: 4, readingOrder: "reverse", projectionSize: 3 }, pooling: "last" },
];

/** Three batches of different sizes and lengths, one of them with a text without tokens. */
const batches = [
  [[3, 1, 4, 1, 5]],
  [[9, 2], [6], [5, 3, 5, 8], []],
  [
    [7, 9, 3, 2, 3, 8, 4],
    [6, 2, 6],
  ],
];

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

function classifierOf(network: { readonly encoder: unknown; readonly pooling: string }): TextClassifier {
  const config = classifyConfig.shape.model.parse({ embedding: { size: 5 }, ...network });
  const stream = new Rng(7).stream("model");
  const model = new TextClassifier(session, { config, vocabSize: VOCAB, padId: 0, unkId: 1, numClasses: 3, stream });
  // Biases that start at 0 would show no fault in them.
  const draws = new Rng(8).stream("biases");
  for (const [name, parameter] of model.parameters()) {
    if (!/bias|peephole|gain|gates|skip/.test(name)) continue;
    const moves = draws.fork(name).uniform(parameter.size, -0.2, 0.2);
    parameter.write(Array.from(parameter.readSync(), (value, index) => value + moves[index]!));
  }
  return model;
}

function sourceOf(network: { readonly encoder: unknown; readonly pooling: string }, model: TextClassifier) {
  const config = classifyConfig.shape.model.parse({ embedding: { size: 5 }, ...network });
  return { encoder: config.encoder, pooling: config.pooling, parameters: model.parameters(), labels, padId: 0 };
}

describe("an exported classifier", () => {
  test.each(networks.map((network) => ({ title: JSON.stringify(network), network })))(
    "$title gives the same in ONNX Runtime and here",
    async ({ network }) => {
      const model = classifierOf(network);
      const bytes = exportClassifier(sourceOf(network, model));
      const judges = [await runtimeModel(bytes), openOnnx(bytes, { session })];
      for (const rows of batches) {
        const texts = padIds(rows, 0);
        const expected = session.noGrad(() => model.forward(texts, evaluationStep).readSync());
        const feeds = {
          input_ids: { shape: [texts.batchSize, texts.seqLen], data: texts.ids },
          lengths: { shape: [texts.batchSize], data: texts.lengths },
        };
        for (const judge of judges) {
          const { logits, probabilities } = await judge.run(feeds);
          expect(logits!.shape).toEqual([texts.batchSize, 3]);
          expected.forEach((value, index) => {
            expect(logits!.data[index]).toBeCloseTo(value, 5);
          });
          const total = Array.from(probabilities!.data as ArrayLike<number>).reduce((sum, share) => sum + share, 0);
          expect(total).toBeCloseTo(texts.batchSize, 5);
        }
      }
    },
  );

  test("tells its labels and how it is fed", () => {
    const network = { encoder: { kind: "lstm", hiddenSize: 4 }, pooling: "max" };
    const { metadata, inputs, outputs } = openOnnx(exportClassifier(sourceOf(network, classifierOf(network))), {
      session,
    });
    expect(JSON.parse(metadata.get("cellstate.labels")!)).toEqual(labels);
    expect(inputs).toEqual([
      { name: "input_ids", type: "int64", shape: ["batch", "time"] },
      { name: "lengths", type: "int64", shape: ["batch"] },
    ]);
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["logits", ["batch", 3]],
      ["probabilities", ["batch", 3]],
    ]);
  });

  test("with an option that is not known is refused by its name", () => {
    const network = { encoder: { kind: "lstm", hiddenSize: 4 }, pooling: "max" };
    const source = sourceOf(network, classifierOf(network));
    const unknown = { wings: 2 };
    expect(() => exportClassifier({ ...source, encoder: { ...source.encoder, ...unknown } })).toThrow(
      "the option wings of recurrent layers cannot be written as ONNX",
    );
  });
});
