import { mean, square, sub } from "@cellstate/tensor";
import { findLearningRate, type LearningRatePoint, TrainingStateError, train } from "@cellstate/training";
import { expect, test } from "vitest";
import { tinyRun, valuesOf } from "./tiny-run.ts";

test("the rate rises by one factor, and weights, batches and dropout are afterwards as they were", async () => {
  const [tested, straight] = [await tinyRun(), await tinyRun()];
  const { session, parameters, options } = tested;
  const { optimizer, batches, lossOf } = options;
  const before = valuesOf(parameters);
  const seen: LearningRatePoint[] = [];
  const find = { session, parameters, optimizer, batches, lossOf, from: 1e-4, to: 10, steps: 60 };
  const curve = await findLearningRate({ ...find, onPoint: (point) => void seen.push(point) });
  expect(curve.points).toEqual(seen);
  expect(valuesOf(parameters)).toEqual(before);
  const rates = curve.points.map(({ learningRate }) => learningRate);
  expect(rates[0]).toBe(1e-4);
  rates.slice(1).forEach((rate, i) => void expect(rate / rates[i]!).toBeCloseTo(1e5 ** (1 / 59), 9));
  expect(curve.suggestion).toBeGreaterThan(1e-3);
  expect(curve.suggestion).toBeLessThan(curve.lowest);
  await train(options);
  await train(straight.options);
  expect(valuesOf(parameters)).toEqual(valuesOf(straight.parameters));
});

test("the suggestion of a parabola lies where plain gradient descent can go, and divergence ends the test", async () => {
  const { session, options } = await tinyRun();
  // Rates above 1 / 4 overshoot, those above 1 / 2 diverge.
  const weight = session.tensor([5], [1], { requiresGrad: true });
  const curve = await findLearningRate({
    session,
    parameters: new Map([["weight", weight]]),
    optimizer: { kind: "sgd" },
    batches: options.batches,
    lossOf: () => ({ loss: mean(square(sub(weight, 2))), count: 1 }),
    training: { clipNorm: null },
    from: 1e-5,
    to: 100,
    smoothing: 0,
  });
  expect(curve.diverged).toBe(true);
  expect(curve.points.length).toBeLessThan(100);
  expect(curve.suggestion).toBeGreaterThan(0.003);
  expect(curve.suggestion).toBeLessThan(0.5);
  expect(weight.item()).toBe(5);
});

test("where the loss only grows there is no suggestion", async () => {
  const { session, options } = await tinyRun();
  const weight = session.tensor([5], [1], { requiresGrad: true });
  const curve = await findLearningRate({
    session,
    parameters: new Map([["weight", weight]]),
    optimizer: { kind: "sgd" },
    batches: options.batches,
    lossOf: () => ({ loss: mean(square(weight)), count: 1 }),
    training: { clipNorm: null },
    from: 10,
    to: 100,
  });
  expect(curve).toMatchObject({ suggestion: undefined, lowest: 10, diverged: true });
});

test("it repeats to the bit, and holds no memory afterwards", async () => {
  const { session, parameters, options } = await tinyRun();
  const { optimizer, batches, lossOf } = options;
  const run = () => findLearningRate({ session, parameters, optimizer, batches, lossOf, steps: 12 });
  const first = await run();
  const peak = session.peakBytes();
  expect(await run()).toEqual(first);
  expect(session.peakBytes()).toBe(peak);
});

test("groups that freeze do so during the test only", async () => {
  const { session, parameters, options } = await tinyRun();
  const optimizer = { kind: "adam", groups: [{ pattern: "hidden.*", freeze: true }] } as const;
  await findLearningRate({ session, parameters, optimizer, batches: options.batches, lossOf: options.lossOf });
  expect([...parameters.values()].every(({ requiresGrad }) => requiresGrad)).toBe(true);
});

test("wrong options and a loss that is never finite are refused", async () => {
  const { session, parameters, options } = await tinyRun();
  const { optimizer, batches, lossOf } = options;
  const find = (more: object) => findLearningRate({ session, parameters, optimizer, batches, lossOf, ...more });
  await expect(find({ from: 1, to: 0.1 })).rejects.toThrow(
    "findLearningRate: expected to to be above from, got 1 and 0.1",
  );
  await expect(find({ steps: 3 })).rejects.toThrow(TrainingStateError);
  await expect(find({ steps: 3 })).rejects.toThrow("expected steps to be an integer >= 10 and <= 1000000, got 3");
  await expect(find({ start: 1 })).rejects.toThrow("findLearningRate: expected options to be among session");
  parameters.get("hidden.bias")!.write([1, 2, Number.NaN, 4, 5]);
  await expect(find({})).rejects.toThrow("expected a finite loss at the learning rate 0.000001, got none");
});
