import { sweepConfig } from "@cellstate/sweep/config";
import { expect, test } from "vitest";

const parameters = { "optimizer.learningRate": { min: 1e-4, max: 1e-2, scale: "log" }, "model.hiddenSize": [64, 128] };

test("defaults are written out", () => {
  expect(sweepConfig.parse({ method: "bayesian", parameters, points: 20 })).toMatchObject({
    seed: 0,
    startPoints: 8,
    batchSize: 4,
    parameters: { "optimizer.learningRate": { scale: "log", integer: false } },
  });
  expect(sweepConfig.parse({ method: "successive-halving", parameters, points: 24 })).toMatchObject({
    sampler: "random",
    minEpochs: 1,
    reduction: 2,
  });
});

test.each([
  [{ method: "grid", parameters: {} }, "must name a key of the config to vary"],
  [{ method: "grid", parameters: { "a..b": [1] } }, "must be a key of the config"],
  [{ method: "grid", parameters: { a: 3 } }, "must be a list of choices, or a range such as"],
  [{ method: "grid", parameters: { a: { min: 3, max: 1 } } }, "expected min below max, got 3 and 1"],
  [{ method: "random", parameters }, "points"],
  [{ method: "random", parameters, points: 3, seeds: [1, 1] }, "must be different seeds"],
  [{ method: "anneal", parameters }, "method"],
])("%j is refused", (config, message) => {
  const { success, error } = sweepConfig.safeParse(config);
  expect(success).toBe(false);
  expect(JSON.stringify(error!.issues)).toContain(message);
});
