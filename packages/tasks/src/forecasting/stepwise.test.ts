import { evaluationStep } from "@cellstate/lstm-core";
import { createSession, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { forecastingConfig } from "./config.ts";
import { Forecaster } from "./model.ts";

const sizes = { context: 5, horizon: 4, targets: 2, knownAhead: 1, inputSize: 3 };

// In training true numbers are read in one walk, else each forecast before the next: both must mean the same.
test.each(["recursive", "seq2seq"])(
  "a %s forecaster that is taught its own forecasts gives them again",
  async (decoder) => {
    const { context, horizon, targets, inputSize } = sizes;
    const model = { encoder: { hiddenSize: 4, numLayers: 2 }, decoder };
    const parsed = forecastingConfig.parse({ series: { context, horizon }, model, loss: { kind: "squared" } });
    const session = await createSession({ backend: "wasm", threads: 1 });
    try {
      const stream = new Rng(3).stream("model");
      const forecaster = new Forecaster(session, { ...sizes, config: parsed.model, loss: parsed.loss, stream });
      const draws = new Rng(4).stream("inputs");
      const draw = (name: string, size: number) => Float64Array.from(draws.fork(name).uniform(size, -1, 1));
      const [batchSize, next] = [3, draw("next", 3 * horizon * inputSize)];
      const batch = {
        batchSize,
        inputs: draw("series", batchSize * context * inputSize),
        past: draw("past", batchSize * targets * context),
        ahead: draw("ahead", batchSize * horizon),
      };
      const free = session.noGrad(() => forecaster.forward({ ...batch, next }, evaluationStep).readSync());
      for (const [index, value] of free.entries()) {
        const [row, target] = [Math.floor(index / (targets * horizon)), Math.floor(index / horizon) % targets];
        next[(row * horizon + (index % horizon)) * inputSize + target] = value;
      }
      const step = { training: true, step: 0, examples: Int32Array.of(0, 1, 2) };
      const taught = session.noGrad(() => forecaster.forward({ ...batch, next }, step).readSync());
      for (const [index, value] of free.entries()) expect(taught[index]).toBeCloseTo(value, 5);
    } finally {
      await session.dispose();
    }
  },
);
