import { expect, test } from "vitest";
import { embeddingConfig, poolingConfig, recurrentConfig } from "./config.ts";

test("configs fill in their defaults", () => {
  expect(recurrentConfig.parse({ hiddenSize: 8 })).toEqual({
    kind: "lstm",
    hiddenSize: 8,
    bidirectional: false,
    dropout: 0,
  });
  expect(embeddingConfig.parse({ size: 4 })).toEqual({ size: 4, dropout: 0 });
  expect(poolingConfig.parse("mean")).toBe("mean");
});

test("configs refuse unknown keys and values outside their range", () => {
  expect(() => recurrentConfig.parse({ hiddenSize: 8, layers: 2 })).toThrow("layers");
  expect(() => recurrentConfig.parse({ hiddenSize: 0 })).toThrow("hiddenSize");
  expect(() => embeddingConfig.parse({ size: 4, dropout: 1 })).toThrow("dropout");
});

test("heads of an xLSTM divide its units, and an mLSTM has no hidden state to drop", () => {
  const parse = (section: object) => recurrentConfig.parse({ kind: "slstm", hiddenSize: 6, ...section });
  expect(parse({ heads: 3, block: true })).toMatchObject({ kind: "slstm", heads: 3, block: true });
  expect(() => parse({ heads: 4 })).toThrow("must divide hiddenSize 6");
  expect(() => parse({ hiddenSize: [8, 6], heads: 4 })).toThrow("must divide hiddenSize 6");
  expect(() => parse({ kind: "mlstm", recurrentDropout: 0.1 })).toThrow("recurrentDropout");
});
