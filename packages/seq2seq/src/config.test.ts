import { expect, test } from "vitest";
import { searchConfig, seq2seqConfig } from "./config.ts";

test("configs fill in their defaults", () => {
  const given = { embedding: { size: 8 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 } };
  expect(seq2seqConfig.parse(given)).toEqual({
    embedding: { size: 8, dropout: 0 },
    encoder: { kind: "lstm", hiddenSize: 4, numLayers: 1, bidirectional: true, dropout: 0, layerNorm: false },
    attention: { kind: "additive" },
    decoder: { kind: "lstm", hiddenSize: 4, numLayers: 1, inputFeeding: true, tieEmbeddings: false, dropout: 0 },
  });
  expect(searchConfig.parse({})).toEqual({ beamSize: 5, lengthPenalty: 0.6, maxDecodeLen: 100 });
});

test("configs refuse unknown keys, unknown attentions and values outside their range", () => {
  const parse = (change: object) => () =>
    seq2seqConfig.parse({ embedding: { size: 8 }, encoder: { hiddenSize: 4 }, decoder: { hiddenSize: 4 }, ...change });
  expect(parse({ attention: { kind: "multiplicative" } })).toThrow("attention");
  expect(parse({ decoder: { hiddenSize: 4, inputFeed: true } })).toThrow("inputFeed");
  expect(() => searchConfig.parse({ beamSize: 0 })).toThrow("beamSize");
});
