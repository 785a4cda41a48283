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
