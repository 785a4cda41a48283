/** Exported encoder-decoders write, step by step in ONNX Runtime and here, what the model itself writes. */
import { evaluationStep, padIds } from "@cellstate/lstm-core";
import { type DecoderState, Seq2Seq } from "@cellstate/seq2seq";
import { seq2seqConfig } from "@cellstate/seq2seq/config";
import { createSession, logSoftmax, Rng, type Session, type Tensor } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportTranslator, type OnnxFeed, type OnnxTensor, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

const source = { vocabSize: 9, padId: 0 };
const target = { vocabSize: 8, padId: 0, bosId: 1, eosId: 2 };

const configs: readonly Readonly<Record<string, unknown>>[] = [
  { encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 5 } },
  { encoder: { kind: "gru", hiddenSize: 4, layerNorm: true }, decoder: { kind: "gru", hiddenSize: 5, numLayers: 2 } },
  {
    encoder: { hiddenSize: 4, numLayers: 2, bidirectional: false },
    attention: { kind: "general" },
    decoder: { hiddenSize: 5, inputFeeding: false, tieEmbeddings: true },
  },
  { encoder: { kind: "rnn", hiddenSize: 4 }, decoder: { kind: "lstm", hiddenSize: 5, numLayers: 2, cellClip: 0.2 } },
  { encoder: { kind: "slstm", hiddenSize: 4 }, decoder: { kind: "slstm", hiddenSize: 4 } },
  { encoder: { kind: "mlstm", hiddenSize: 4 }, decoder: { kind: "mlstm", hiddenSize: 4 } },
  {
    encoder: { kind: "mlstm", hiddenSize: 4, block: true },
    decoder: { kind: "slstm", hiddenSize: 4, block: true, numLayers: 2 },
  },
  { encoder: { kind: "slstm", hiddenSize: 4, block: true }, decoder: { kind: "mlstm", hiddenSize: 4, block: true } },
];

/** Three batches of different sizes and lengths. */
const batches = [
  [[3, 4, 2]],
  [
    [5, 6, 7, 8, 2],
    [3, 2],
  ],
  [[4, 2], [2], [8, 7, 6, 5, 4, 3, 2]],
];
/** The tokens that each row reads, one a step. */
const reads = [1, 5, 3];

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

function expectNear(got: OnnxTensor | undefined, expected: Tensor): void {
  expect(got?.shape).toEqual(expected.shape);
  expected.readSync().forEach((value, index) => {
    expect(got!.data[index]).toBeCloseTo(value, 5);
  });
}

test.each(configs.map((options) => ({ title: JSON.stringify(options), options })))(
  "$title writes the same in ONNX Runtime and here",
  async ({ options }) => {
    const config = seq2seqConfig.parse({ embedding: { size: 5 }, ...options });
    const model = new Seq2Seq(session, { config, source, target, stream: new Rng(5).stream("model") });
    const files = exportTranslator({ config, parameters: model.parameters(), target });
    const judges = [
      { encoder: await runtimeModel(files.encoder), decoder: await runtimeModel(files.decoder) },
      { encoder: openOnnx(files.encoder, { session }), decoder: openOnnx(files.decoder, { session }) },
    ];
    for (const rows of batches) {
      const { ids, lengths, batchSize, seqLen } = padIds(rows, 0);
      const encoded = session.noGrad(() => model.encode({ ids, lengths, batchSize, seqLen }, evaluationStep));
      for (const { encoder, decoder } of judges) {
        const lengthFeed = { shape: [batchSize], data: lengths };
        const first = await encoder.run({ input_ids: { shape: [batchSize, seqLen], data: ids }, lengths: lengthFeed });
        let carried: Record<string, OnnxFeed> = first as Record<string, OnnxFeed>;
        let state: DecoderState = session.noGrad(() => model.decoder.start(encoded));
        const memory = session.noGrad(() => model.decoder.attention.prepare(encoded));
        for (const [time, token] of reads.entries()) {
          const tokens = session.tensor(new Int32Array(batchSize).fill(token), [batchSize], { dtype: "int32" });
          const step = session.noGrad(() => {
            const vectors = model.decoder.embedding.forward(tokens);
            return model.decoder.step(vectors, state, memory, evaluationStep, time);
          });
          const outputs = await decoder.run({
            ...Object.fromEntries(Object.entries(carried).filter(([name]) => !/^(encoder_outputs|keys)$/.test(name))),
            encoder_outputs: first.encoder_outputs as OnnxFeed,
            keys: first.keys as OnnxFeed,
            lengths: lengthFeed,
            token_ids: { shape: [batchSize], data: new Int32Array(batchSize).fill(token) },
          });
          const logits = session.noGrad(() => model.decoder.logits(step.state.attentional));
          expectNear(outputs.log_probs, logSoftmax(logits));
          expectNear(outputs.attention_weights, step.attentionWeights);
          state = step.state;
          carried = Object.fromEntries(
            Object.entries(outputs).flatMap(([name, value]) =>
              name.startsWith("next_") ? [[name.slice("next_".length), value as OnnxFeed]] : [],
            ),
          );
        }
      }
    }
  },
);
