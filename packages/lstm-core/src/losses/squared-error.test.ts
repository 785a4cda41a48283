import { backward, createSession, denseGradient, Rng, type Session } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { squaredError } from "./squared-error.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const targets = [1, 0, -1, 2, 5, 3];
const predictions = () => session.tensor([2, 0.5, 1, 2, 4, 1], [2, 3], { requiresGrad: true });

// The squares are 1, 0.25, 4, 0, 1 and 4.
test("squaredError is the mean of the squares, or the weighted sum over the sum of the weights", () => {
  expect(squaredError(predictions(), targets).item()).toBeCloseTo(10.25 / 6, 14);
  const weights = [2, 4, 0, 1, 0.5, 0];
  expect(squaredError(predictions(), targets, { weights }).item()).toBeCloseTo((2 + 1 + 0.5) / 7.5, 14);
  expect(squaredError(predictions(), targets, { lengths: Int32Array.of(1, 2) }).item()).toBeCloseTo(2 / 3, 14);
});

test("squaredError gradients agree with central differences, with lengths and weights", () => {
  const given = session.tensor(new Rng(1).stream("predictions").normal(12), [2, 3, 2], { requiresGrad: true });
  const wanted = new Rng(1).stream("targets").normal(12);
  const options = { lengths: Int32Array.of(3, 1), weights: [1, 2, 0.5, 0, 1, 3, 0.25, 1, 1, 1, 1, 1] };
  checkGradients(() => squaredError(given, wanted, options), [given], { eps: 1e-5, rtol: 1e-6 });
  checkGradients(() => squaredError(given, wanted), [given], { eps: 1e-5, rtol: 1e-6 });
});

test("squaredError never reads what is not counted, NaN or not, and its padding moves no bit", () => {
  const lengths = Int32Array.of(2, 1);
  const run = (seqLen: number, filler: number) => {
    const pad = (rows: readonly number[][]) =>
      rows.flatMap((row) => [...row, ...Array<number>(seqLen - row.length).fill(filler)]);
    const given = session.tensor(pad([[0.1, 0.7], [0.3]]), [2, seqLen], { requiresGrad: true });
    const loss = squaredError(given, pad([[1, 2], [3]]), { lengths });
    return { loss: loss.item(), gradient: [...denseGradient(backward(loss).get(given)!).readSync()] };
  };
  const [tight, wide] = [run(2, 0), run(4, Number.NaN)];
  expect(wide.loss).toBe(tight.loss);
  const [first, second, third] = tight.gradient;
  expect(wide.gradient).toEqual([first, second, 0, 0, third, 0, 0, 0]);
  const missing = squaredError(predictions(), [1, Number.NaN, -1, 2, 5, 3], { weights: [1, 0, 1, 1, 1, 1] });
  expect(missing.item()).toBeCloseTo(10 / 5, 14);
});

test("squaredError of nothing is 0 and so is its gradient", () => {
  const given = predictions();
  const loss = squaredError(given, targets, { lengths: Int32Array.of(0, 0) });
  expect(loss.item()).toBe(0);
  expect([...denseGradient(backward(loss).get(given)!).readSync()]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("squaredError refuses targets, lengths and weights that do not fit", () => {
  const fail = (wanted: number[], options?: object) => () => squaredError(predictions(), wanted, options);
  expect(fail([1])).toThrow("squaredError: expected 6 targets, got 1");
  expect(fail(targets, { weights: [1] })).toThrow("squaredError: expected weights of 6 or 2 numbers, got 1");
  expect(fail(targets, { weights: [1, 1, -1, 1, 1, 1] })).toThrow(
    "squaredError: expected weights to be finite numbers >= 0, got -1 at position 2",
  );
  expect(fail(targets, { lengths: Int32Array.of(1) })).toThrow("squaredError: expected 2 lengths, got 1");
  expect(fail(targets, { lengths: Int32Array.of(1, 4) })).toThrow("squaredError: expected lengths in [0, 3], got 4");
});
