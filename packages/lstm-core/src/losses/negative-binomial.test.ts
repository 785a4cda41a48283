import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { negativeBinomialNll } from "./negative-binomial.ts";
import { negativeLogDensity } from "./negative-binomial-density.ts";

/** The density of a whole count by its definition: products instead of gamma functions, in sums of logarithms. */
function byDefinition(count: number, mean: number, dispersion: number): number {
  let value = (1 / dispersion + count) * Math.log1p(dispersion * mean) - count * Math.log(mean);
  for (let k = 0; k < count; k++) value += Math.log(k + 1) - Math.log1p(k * dispersion);
  return value;
}

const grid = [0, 1, 2, 7, 40, 1000, 100_000].flatMap((count) =>
  [1e-3, 0.5, 3, 50, 2000].flatMap((mean) =>
    [1e-6, 1e-3, 0.1, 1, 30].map((dispersion) => [count, mean, dispersion] as const),
  ),
);

test("the density has an error below 1e-9, relative to 1 or to itself, from small to large counts and dispersions", () => {
  for (const [count, mean, dispersion] of grid) {
    const wanted = byDefinition(count, mean, dispersion);
    const { value } = negativeLogDensity(count, mean, dispersion);
    const where = `count ${count}, mean ${mean}, dispersion ${dispersion}`;
    expect(Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)), where).toBeLessThan(1e-9);
  }
});

test("its slopes agree with differences of the definition", () => {
  for (const [count, mean, dispersion] of grid.filter(([count]) => count <= 1000)) {
    const { slopeOfMean, slopeOfDispersion } = negativeLogDensity(count, mean, dispersion);
    const difference = (at: (step: number) => number, size: number) => (at(size) - at(-size)) / (2 * size);
    const ofMean = difference((step) => byDefinition(count, mean + step, dispersion), mean * 1e-5);
    const ofDispersion = difference((step) => byDefinition(count, mean, dispersion + step), dispersion * 1e-4);
    // Differences of sums of terms of this size are known to so many digits only.
    const scale = 1 + (1 / dispersion + count) * Math.log1p(dispersion * mean) + count * Math.abs(Math.log(mean));
    expect(Math.abs(slopeOfMean - ofMean)).toBeLessThan(1e-6 * Math.abs(ofMean) + (1e-10 * scale) / mean);
    expect(Math.abs(slopeOfDispersion - ofDispersion)).toBeLessThan(
      1e-6 * Math.abs(ofDispersion) + (1e-10 * scale) / dispersion,
    );
  }
});

test("a dispersion of 0 is a Poisson distribution, and means of 0 stay finite", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const constant = (value: number) => session.tensor([value], [1]);
  const loss = (mean: number, count: number) =>
    negativeBinomialNll({ mean: constant(mean), dispersion: constant(0) }, [count]).item();
  expect(loss(3, 4)).toBeCloseTo(3 - 4 * Math.log(3) + Math.log(24), 6);
  expect(loss(0, 0)).toBeCloseTo(0, 6);
  expect(loss(0, 2)).toBeGreaterThan(30);
  expect(Number.isFinite(loss(0, 2))).toBe(true);
});

test("what does not fit is refused by its place", async () => {
  const session = await createSession({ backend: "reference" });
  const tensor = (values: number[]) => session.tensor(values, [values.length]);
  const loss =
    (mean: number[], dispersion: number[], counts: number[], options: object = {}) =>
    () =>
      negativeBinomialNll({ mean: tensor(mean), dispersion: tensor(dispersion) }, counts, options);
  expect(loss([1, 2], [1, -1], [0, 1])).toThrow(
    "negativeBinomialNll: expected dispersion to be numbers >= 0, got -1 at [1]",
  );
  expect(loss([1, 2], [1, -1], [0, 1], { weights: [1, 0] })).not.toThrow();
  expect(loss([1, 2], [1, 1], [0, -1])).toThrow(
    "negativeBinomialNll: expected targets to be finite numbers >= 0, got -1 at [1]",
  );
  expect(loss([1, 2], [1], [0, 1])).toThrow("negativeBinomialNll: expected dispersion of shape [2], as mean, got [1]");
  expect(loss([1], [1], [0], { eps: 0 })).toThrow("negativeBinomialNll: expected eps to be a finite number > 0, got 0");
  expect(() => negativeBinomialNll(session.zeros([2, 3]), [0, 0])).toThrow(
    "negativeBinomialNll: expected raw numbers of shape [..., 2], got [2, 3]",
  );
});
