/** Exported forecasters give in ONNX Runtime, and opened here, what the model itself gives. */
import { evaluationStep } from "@cellstate/lstm-core";
import { Forecaster, forecastingConfig } from "@cellstate/tasks";
import { createSession, Rng, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportForecaster, openOnnx } from "../src/index.ts";
import { runtimeModel } from "./onnx-runtime.ts";

const sizes = { context: 5, horizon: 3, inputSize: 2, batchSize: 2 };

let session: Session;
beforeAll(async () => {
  session = await createSession({ backend: "wasm", threads: 1 });
});
afterAll(() => session.dispose());

test.each([
  { model: { encoder: { kind: "lstm", hiddenSize: 4 } }, loss: { kind: "quantile" }, knownAhead: 0, outputs: 3 },
  {
    model: { encoder: { kind: "gru", hiddenSize: 4 }, linear: false },
    loss: { kind: "squared" },
    knownAhead: 2,
    outputs: 1,
  },
  {
    model: { encoder: { kind: "lstm", hiddenSize: 3 } },
    loss: { kind: "quantile" },
    knownAhead: 0,
    outputs: 3,
    targets: 2,
  },
])("$model.encoder.kind with the loss $loss.kind gives the same in ONNX Runtime and here", async (given) => {
  const { context, horizon, inputSize, batchSize } = sizes;
  const { knownAhead, outputs, targets = 1 } = given;
  const { model: config, loss } = forecastingConfig.parse({
    series: { context, horizon },
    model: given.model,
    loss: given.loss,
  });
  const stream = new Rng(3).stream("model");
  const model = new Forecaster(session, { config, loss, inputSize, context, horizon, targets, knownAhead, stream });
  const draws = new Rng(4).stream("inputs");
  const inputs = Float64Array.from(draws.fork("series").uniform(batchSize * context * inputSize, -1, 1));
  const ahead = Float64Array.from(draws.fork("ahead").uniform(batchSize * horizon * knownAhead, -1, 1));
  const past = Float64Array.from({ length: batchSize * targets * context }, (_, at) => {
    const [row, target] = [Math.floor(at / (targets * context)), Math.floor(at / context) % targets];
    return inputs[(row * context + (at % context)) * inputSize + target]!;
  });
  const expected = session.noGrad(() => model.forward({ batchSize, inputs, past, ahead }, evaluationStep).readSync());
  const { encoder } = config;
  const source = { encoder, parameters: model.parameters(), context, horizon, targets, inputSize, knownAhead, outputs };
  const bytes = exportForecaster({ ...source, facts: { unit: "kW" } });
  const opened = openOnnx(bytes, { session });
  expect(opened.metadata.get("cellstate.unit")).toBe("kW");
  for (const judge of [await runtimeModel(bytes), opened]) {
    const { forecast } = await judge.run({
      series: { shape: [batchSize, context, inputSize], data: inputs },
      ...(knownAhead > 0 && { ahead: { shape: [batchSize, horizon, knownAhead], data: ahead } }),
    });
    expect(forecast!.shape).toEqual([batchSize, targets * horizon, outputs]);
    for (const [at, value] of expected.entries()) expect(forecast!.data[at]).toBeCloseTo(value, 5);
  }
});
