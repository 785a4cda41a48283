/** Exported taggers give in ONNX Runtime, and opened here, the scores that the model itself gives. */
import { evaluationStep, padIds, padWords, tagConstraints } from "@cellstate/lstm-core";
import { Tagger, taggingConfig } from "@cellstate/tasks";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportTagger, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

/** Words as ids, and as ids of their characters. */
const sentences = [
  { ids: [2, 5, 1], characters: [[2, 3, 4], [5], [2, 2, 6, 1, 3]] },
  { ids: [4], characters: [[6, 2]] },
];
const tags = ["O", "B-X", "I-X"];
const constraints = tagConstraints("bio", tags);

test.each([
  { characters: { kind: "cnn", size: 3, filters: 4, kernelSize: 3 }, decoder: "crf" },
  { characters: { kind: "cnn", size: 3, filters: 2, kernelSize: 2 }, decoder: "softmax" },
  { characters: { kind: "lstm", size: 3, hiddenSize: 2 }, decoder: "crf" },
  { characters: { kind: "none" }, decoder: "softmax" },
])("characters of the kind $characters.kind with $decoder give the same in ONNX Runtime and here", async (given) => {
  const { model: config } = taggingConfig.parse({
    tags: { kind: "spans", encoding: "bio" },
    model: { embedding: { size: 4 }, encoder: { kind: "lstm", hiddenSize: 3, bidirectional: true }, ...given },
  });
  const sizes = { vocabSize: 7, firstSingleton: 5, characterCount: 7, tags, constraints } as const;
  const model = new Tagger(session, { config, ...sizes, stream: new Rng(3).stream("model") });
  const ids = padIds(
    sentences.map((sentence) => sentence.ids),
    0,
  );
  const all = sentences.flatMap(({ characters }) => characters);
  const batch = {
    ids,
    spelled: padWords([all], 0),
    spelledAt: Int32Array.of(0, 1, 2, 3, 0, 0),
    tags: new Int32Array(6).fill(-1),
  };
  const expected = session.noGrad(() => model.emissions(batch, evaluationStep).readSync());
  const bytes = exportTagger({ ...config, parameters: model.parameters(), tags, constraints });
  const opened = openOnnx(bytes, { session });
  const crf = opened.metadata.get("cellstate.crf");
  expect(crf === undefined ? undefined : JSON.parse(crf).start[2]).toBe(given.decoder === "crf" ? -1e9 : undefined);
  const spelled = padWords(
    sentences.map(({ characters }) => characters),
    0,
  );
  const { batchSize, seqLen } = ids;
  for (const judge of [await runtimeModel(bytes), opened]) {
    const { emissions } = await judge.run({
      word_ids: { shape: [batchSize, seqLen], data: ids.ids },
      lengths: { shape: [batchSize], data: ids.lengths },
      ...(given.characters.kind !== "none" && {
        char_ids: { shape: [batchSize, seqLen, spelled.wordLen], data: spelled.ids },
        char_lengths: { shape: [batchSize, seqLen], data: spelled.lengths },
      }),
    });
    expect(emissions!.shape).toEqual([batchSize, seqLen, tags.length]);
    const real = 4 * tags.length; // three words of the first sentence and one of the second
    expect(real).toBe(12);
    for (const [at, value] of expected.slice(0, real).entries()) expect(emissions!.data[at]).toBeCloseTo(value, 5);
  }
});
