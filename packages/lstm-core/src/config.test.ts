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

test("options of a stack that contradict each other are refused by name", () => {
  const faultOf = (section: object) =>
    recurrentConfig.safeParse({ hiddenSize: 8, ...section }).error?.issues.map(({ path, message }) => [path, message]);
  expect(faultOf({ bidirectional: true, readingOrder: "reverse" })).toEqual([
    [["readingOrder"], "must be forward, or left out, with bidirectional, which reads in both directions"],
  ]);
  expect(faultOf({ hiddenSize: [8, 4], numLayers: 3 })).toEqual([
    [["numLayers"], "must be 2, as hiddenSize lists, or left out"],
  ]);
  expect(faultOf({ kind: "gru", numLayers: 2, residual: true, highway: true })).toEqual([
    [["highway"], "must be false with residual, of which it takes the place"],
  ]);
  expect(faultOf({ kind: "mlstm", hiddenSize: [8, 4], highway: true })).toEqual([
    [["hiddenSize"], "must be one size for all layers with highway, which adds layers up"],
  ]);
  expect(faultOf({ hiddenSize: [8, 8], numLayers: 2, residual: true })).toBeUndefined();
});

test("first values are named by weight and kind, and others refused", () => {
  const parse = (initializers: object) => recurrentConfig.parse({ hiddenSize: 8, initializers });
  expect(parse({ weightHh: "identity", biasIh: { kind: "uniform", high: 1 } })).toMatchObject({
    initializers: { weightHh: "identity", biasIh: { kind: "uniform", low: -0.05, high: 1 } },
  });
  expect(() => parse({ weightHH: "zeros" })).toThrow("weightHH");
  expect(() => parse({ weightHh: "ortogonal" })).toThrow("orthogonal");
  expect(() => parse({ biasIh: { kind: "uniform", low: 1, high: 1 } })).toThrow("must be below high");
  expect(() => parse({ biasIh: { kind: "normal", deviation: -1 } })).toThrow("deviation");
  expect(() => parse({ weightHr: "zeros" })).toThrow("these layers have no weightHr; it comes with projectionSize");
});

test("penalties of outputs are no less than 0, and an xLSTM has no bias to leave out", () => {
  const parse = (section: object) => recurrentConfig.parse({ hiddenSize: 8, ...section });
  expect(parse({ activationPenalty: 2, temporalActivationPenalty: 1, inputDropout: 0.1 })).toMatchObject({
    activationPenalty: 2,
  });
  expect(() => parse({ activationPenalty: -1 })).toThrow("activationPenalty");
  expect(() => parse({ inputDropout: 1 })).toThrow("inputDropout");
  expect(() => parse({ kind: "slstm", bias: false })).toThrow("bias");
});
