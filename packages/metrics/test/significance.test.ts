/** Intervals hold what they promise, and tests tell a real difference from none. */
import { Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import {
  approximateRandomization,
  bootstrapInterval,
  countSegments,
  exactMatch,
  pairedBootstrap,
  type SegmentCounts,
  scoreCorpus,
} from "../src/index.ts";

const metric = exactMatch();

/** Segments of which a share matches. */
function system(share: number, segments: number, seed: number): SegmentCounts {
  return Array.from(new Rng(seed).stream("matches").uniform(segments), (value) => [value < share ? 1 : 0, 1]);
}

test("an interval is as wide as the binomial distribution says", () => {
  const { mean, halfWidth } = bootstrapInterval(metric, system(0.3, 400, 1), { count: 2000 });
  expect(mean).toBeCloseTo(0.3, 1);
  expect(halfWidth).toBeGreaterThan(0.9 * 1.96 * Math.sqrt((0.3 * 0.7) / 400));
  expect(halfWidth).toBeLessThan(1.1 * 1.96 * Math.sqrt((0.3 * 0.7) / 400));
});

test.each([
  ["pairedBootstrap", pairedBootstrap],
  ["approximateRandomization", approximateRandomization],
])("%s tells systems apart that differ, and others not", (_, paired) => {
  const options = { count: 500, seed: 3 };
  const [weak, strong, same] = [system(0.3, 300, 1), system(0.5, 300, 2), system(0.3, 300, 4)];
  const clear = paired(metric, weak, strong, options);
  expect(clear.difference).toBeGreaterThan(0.1);
  expect(clear.pValue).toBeLessThan(0.01);
  expect(paired(metric, weak, same, options).pValue).toBeGreaterThan(0.1);
  expect(paired(metric, weak, weak, options)).toEqual({ difference: 0, pValue: expect.any(Number) });
  expect(paired(metric, weak, strong, options)).toEqual(clear);
});

test("other counts, unknown options and no segments are refused", () => {
  const segments = countSegments(metric, ["a"], [["a"]]);
  expect(() => pairedBootstrap(metric, segments, [])).toThrow(
    "expected the same segments of both systems, got 1 and 0",
  );
  expect(() => bootstrapInterval(metric, [])).toThrow("bootstrapInterval: expected at least one segment, got none");
  expect(() => bootstrapInterval(metric, segments, { count: 0 })).toThrow("expected count to be an integer >= 1");
  expect(() => bootstrapInterval(metric, segments, { samples: 5 } as object)).toThrow("samples");
  expect(scoreCorpus(metric, ["a"], [["a"]])).toBe(1);
});
