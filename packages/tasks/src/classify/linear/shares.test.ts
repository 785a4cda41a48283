/** The shares of two classifiers in one: the best ones are found, none is below 0, and few texts keep them near equal. */
import { scalar } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fitShares, type JoinedText, joinScores, type Shares } from "./shares.ts";

const lossOf = (texts: readonly JoinedText[], shares: Shares) =>
  texts.reduce((sum, text) => sum - scalar.logSoftmax(joinScores(text, shares))[text.label]!, 0) +
  0.5 * ((shares.linear - 0.5) ** 2 + (shares.network - 0.5) ** 2);

const logProbs = fc
  .array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((scores) => scalar.logSoftmax(scores));
const texts = fc.array(fc.record({ linear: logProbs, network: logProbs, label: fc.integer({ min: 0, max: 2 }) }), {
  maxLength: 40,
});

test("no shares nearby that are at least 0 have a smaller loss", () => {
  fc.assert(
    fc.property(texts, (given) => {
      const best = fitShares(given);
      const least = lossOf(given, best);
      for (const [linear, network] of [
        [0.01, 0],
        [-0.01, 0],
        [0, 0.01],
        [0, -0.01],
        [0.01, 0.01],
        [-0.01, -0.01],
        [0.01, -0.01],
        [-0.01, 0.01],
      ] as const) {
        const other = { linear: Math.max(0, best.linear + linear), network: Math.max(0, best.network + network) };
        expect(lossOf(given, other)).toBeGreaterThan(least - 1e-5); // shares are rounded to four decimals
      }
      expect(Math.min(best.linear, best.network)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 60 },
  );
});

const certain = (label: number, wrong = false): JoinedText["linear"] =>
  scalar.logSoftmax([0, 1].map((one) => ((one === label) !== wrong ? 2 : 0)));

test("who is always wrong is silent, and who is right is heard the more the more texts say so", () => {
  const given = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      label: at % 2,
      linear: certain(at % 2, true),
      network: certain(at % 2),
    }));
  expect(fitShares(given(200)).linear).toBe(0);
  const [few, many] = [fitShares(given(4)), fitShares(given(200))];
  expect(few.network).toBeGreaterThan(0.5);
  expect(many.network).toBeGreaterThan(few.network);
  expect(many.network).toBeLessThan(5); // finite although no text is wrong
});

test("nothing to learn from leaves equal shares", () => {
  expect(fitShares([])).toEqual({ linear: 0.5, network: 0.5 });
});
