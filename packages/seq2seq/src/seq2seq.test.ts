import { createSession, Rng, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { seq2seqConfig } from "./config.ts";
import { Seq2Seq } from "./seq2seq.ts";

let session: Session;
const source = { vocabSize: 6, padId: 0 };
const target = { vocabSize: 7, padId: 0, bosId: 1, eosId: 2 };
const stream = new Rng(1).stream("model");

beforeAll(async () => {
  session = await createSession({ backend: "reference" });
});

function namesAndShapes(decoder: object): string[] {
  const config = seq2seqConfig.parse({ embedding: { size: 4 }, encoder: { hiddenSize: 3 }, decoder });
  const model = new Seq2Seq(session, { config, source, target, stream });
  return [...model.parameters()].map(([name, tensor]) => `${name} [${tensor.shape.join(", ")}]`);
}

test("parameters are named by module", () => {
  const names = namesAndShapes({ hiddenSize: 5 });
  expect(names.filter((name) => name.startsWith("encoder."))).toContain("encoder.lstm.weight_ih_l0_reverse [12, 4]");
  expect(names.filter((name) => name.startsWith("decoder."))).toEqual([
    "decoder.embedding.weight [7, 4]",
    "decoder.lstm.weight_ih_l0 [20, 9]",
    "decoder.lstm.weight_hh_l0 [20, 5]",
    "decoder.lstm.bias_ih_l0 [20]",
    "decoder.lstm.bias_hh_l0 [20]",
    "decoder.attention.query.weight [5, 5]",
    "decoder.attention.key.weight [5, 6]",
    "decoder.attention.key.bias [5]",
    "decoder.attention.energy [5]",
    "decoder.bridge.weight [5, 6]",
    "decoder.bridge.bias [5]",
    "decoder.combine.weight [5, 11]",
    "decoder.output.weight [7, 5]",
    "decoder.output.bias [7]",
  ]);
});

test("a tied decoder has no output weight of its own, and attentional vectors as wide as embeddings", () => {
  const names = namesAndShapes({ hiddenSize: 5, tieEmbeddings: true });
  expect(names.filter((name) => /output|combine|decoder.lstm.weight_ih_l0 /.test(name))).toEqual([
    "decoder.lstm.weight_ih_l0 [20, 8]",
    "decoder.combine.weight [4, 11]",
    "decoder.output.bias [7]",
  ]);
});

test("special ids that clash or lie outside the vocabulary are refused", () => {
  const config = seq2seqConfig.parse({
    embedding: { size: 4 },
    encoder: { hiddenSize: 3 },
    decoder: { hiddenSize: 3 },
  });
  const make = (change: object) => () =>
    new Seq2Seq(session, { config, source, target: { ...target, ...change }, stream });
  const message = "Seq2Seq: expected padId, bosId and eosId to be three ids in [0, 7), got";
  expect(make({ eosId: 1 })).toThrow(`${message} 0, 1, 1`);
  expect(make({ bosId: 7 })).toThrow(`${message} 0, 7, 2`);
});
