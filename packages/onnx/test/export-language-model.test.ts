/** Exported language models give in ONNX Runtime, and opened here, step by step what the model itself gives. */
import { evaluationStep } from "@cellstate/lstm-core";
import { LanguageModel, languageModelConfig } from "@cellstate/tasks";
import { createSession, Rng, reshape, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportLanguageModel, OnnxExportError, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

const vocabSize = 7;
function modelOf(section: object) {
  const { model: config } = languageModelConfig.parse({ tokenizer: { kind: "char" }, model: section });
  const model = new LanguageModel(session, { config, vocabSize, stream: new Rng(3).stream("model") });
  const { encoder, tieEmbeddings, output } = config;
  return { model, source: { encoder, tieEmbeddings, output: output.kind, parameters: model.parameters(), facts: {} } };
}

test.each([
  { embedding: { size: 3 }, encoder: { hiddenSize: [4, 5], dropout: 0.1, variationalDropout: true } },
  { embedding: { size: 3 }, encoder: { kind: "gru", hiddenSize: 4 }, tieEmbeddings: true },
])("%o gives the same in ONNX Runtime and here, states handed on", async (section) => {
  const { model, source } = modelOf(section);
  const read = Int32Array.of(1, 4, 2, 6, 0, 3); // [2, 3]
  const expected = session.noGrad(() => {
    const { features } = model.forward({ read, rows: 2, steps: 3 }, evaluationStep);
    return model.output.scores(reshape(features, [6, model.encoder.outputSize])).readSync();
  });
  const bytes = exportLanguageModel({ ...source, facts: { startId: 1 } });
  const opened = openOnnx(bytes, { session });
  expect(opened.metadata.get("cellstate.startId")).toBe("1");
  const states = opened.inputs.filter(({ name }) => name !== "token_ids");
  for (const judge of [await runtimeModel(bytes), opened]) {
    const carried = new Map(
      states.map(({ name, shape }) => {
        const size = Number(shape!.at(-1));
        return [name, { shape: [2, size], data: new Float64Array(2 * size) }] as const;
      }),
    );
    for (let step = 0; step < 3; step++) {
      const token_ids = { shape: [2], data: Float64Array.of(read[step]!, read[3 + step]!) };
      const outputs = await judge.run({ token_ids, ...Object.fromEntries(carried) });
      for (let at = 0; at < 2 * vocabSize; at++) {
        const [row, id] = [Math.floor(at / vocabSize), at % vocabSize];
        expect(outputs.logits!.data[at]).toBeCloseTo(expected[(3 * row + step) * vocabSize + id]!, 5);
      }
      for (const [name, { shape }] of carried) {
        carried.set(name, { shape, data: Float64Array.from(outputs[`next_${name}`]!.data as ArrayLike<number>) });
      }
    }
  }
});

test("an adaptive softmax is refused", () => {
  const { source } = modelOf({
    embedding: { size: 3 },
    encoder: { hiddenSize: 4 },
    output: { kind: "adaptive", cutoffs: [3] },
  });
  expect(() => exportLanguageModel(source)).toThrow(OnnxExportError);
  expect(() => exportLanguageModel(source)).toThrow("an output layer of the kind adaptive cannot be written");
});
