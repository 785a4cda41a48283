/** Every layer, loss and optimizer against Keras 3: predictions, and the weights after a few steps (golden/make_keras_golden.py). */
import { createSession, type Session } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileOptions, Predictions } from "../src/index.ts";
import { buildGolden, type Golden, goldenCases, setGoldenWeights } from "./golden-models.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

afterAll(() => session.dispose());

function expectNear(what: string, got: ArrayLike<number>, want: readonly number[], tolerance: number): void {
  expect(got.length, what).toBe(want.length);
  const scale = Math.max(1, ...want.map(Math.abs));
  want.forEach((value, at) => {
    expect(Math.abs(got[at]! - value) / scale, `${what}, element ${at}: ${got[at]} against ${value}`).toBeLessThan(
      tolerance,
    );
  });
}

function expectPredictions(
  what: string,
  got: readonly Predictions[],
  want: readonly Golden[],
  tolerance: number,
): void {
  want.forEach(({ shape, values }, at) => {
    expect(got[at]!.shape, what).toEqual(shape);
    expectNear(what, got[at]!.data, values, tolerance);
  });
}

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Of predictions in float32; Keras keeps probabilities of some losses 1e-7 away from 0, where scores are used here. */
const CLOSE = 2e-6;

describe("as in Keras", () => {
  test.each(goldenCases.map((golden) => [golden.name, golden] as const))("%s", async (_name, golden) => {
    const net = buildGolden(golden);
    await net.build({ session });
    setGoldenWeights(net);
    const data = golden.data;
    for (let time = 1; time < (golden.times ?? 1); time++) await net.predict(data);
    expectPredictions("predictions", await net.predict(data), golden.predictions, CLOSE);
    if (golden.train === undefined) return;
    const { optimizer, loss, metrics, targets, sampleWeight, classWeight, steps } = golden.train;
    const asInKeras = metrics.map((names) => names.map(snakeCase));
    net.compile({ optimizer: optimizer as CompileOptions["optimizer"], loss, metrics: asInKeras });
    const options = { ...(sampleWeight && { sampleWeight }), ...(classWeight && { classWeight }) };
    let logs: Readonly<Record<string, number>> = {};
    for (let step = 0; step < steps; step++)
      logs = await net.trainOnBatch(data, (targets.length === 1 ? targets[0] : targets) as never, options);
    expect(Object.keys(logs).sort()).toEqual(Object.keys(golden.logs!).sort());
    for (const [name, value] of Object.entries(golden.logs!)) expectNear(name, [logs[name]!], [value], CLOSE);
    net.getWeights().forEach(({ name, data: got }, at) => {
      expectNear(name, got, golden.weights![at]!, CLOSE);
    });
    expectPredictions("predictions after training", await net.predict(data), golden.trained!, CLOSE);
  });
});
