import { createSession } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CountedTargets, reductions } from "./counted-targets.ts";

const session = await createSession({ backend: "reference", dtype: "float64" });

const cases = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
  .chain(([batchSize, seqLen, features]) => {
    const all = batchSize * seqLen * features;
    const counts = [batchSize, batchSize * seqLen, all];
    const listOf = <T>(item: fc.Arbitrary<T>) =>
      fc.constantFrom(...counts).chain((length) => fc.array(item, { minLength: length, maxLength: length }));
    return fc.record({
      shape: fc.constant([batchSize, seqLen, features]),
      losses: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: all, maxLength: all }),
      options: fc.record(
        {
          lengths: fc.array(fc.integer({ min: 0, max: seqLen }), { minLength: batchSize, maxLength: batchSize }),
          mask: listOf(fc.boolean()),
          weights: listOf(fc.constantFrom(0, 0.5, 1, 2)),
          reduction: fc.constantFrom(...reductions),
        },
        { requiredKeys: [] },
      ),
    });
  });

test("targets count, weigh and reduce as a plain loop over their indices says", () => {
  fc.assert(
    fc.property(cases, ({ shape, losses, options: { lengths, ...options } }) => {
      const [, seqLen, features] = shape as [number, number, number];
      const partOf = (values: readonly unknown[] | undefined, place: number) =>
        values?.[Math.floor((place * values.length) / losses.length)];
      let [sum, weights, unmasked] = [0, 0, 0];
      const each = losses.map((loss, place) => {
        const [row, time] = [Math.floor(place / features / seqLen), Math.floor(place / features) % seqLen];
        const isReal = time < (lengths?.[row] ?? seqLen) && (partOf(options.mask, place) ?? true) === true;
        const weight = isReal ? Number(partOf(options.weights, place) ?? 1) : 0;
        unmasked += Number(isReal);
        weights += weight;
        sum += weight * loss;
        return weight === 0 ? Number.NaN : loss; // what does not count is not read
      });
      const wanted = {
        weightedMean: weights === 0 ? 0 : sum / weights,
        mean: weights === 0 ? 0 : sum / unmasked,
        sum,
        none: each.map((loss, place) => (Number.isNaN(loss) ? 0 : loss * Number(partOf(options.weights, place) ?? 1))),
      }[options.reduction ?? "weightedMean"];
      const counted = new CountedTargets("test", shape, { ...options, lengths: lengths && Int32Array.from(lengths) });
      const got = counted.reduce(counted.pick(session.tensor(each, shape)));
      const numbers = typeof wanted === "number" ? [wanted] : wanted;
      expect(got.shape).toEqual(typeof wanted === "number" ? [] : shape);
      expect(Array.from(got.readSync(), (value) => value.toFixed(10))).toEqual(
        numbers.map((value) => (value + 0).toFixed(10)),
      );
    }),
    { numRuns: 500 },
  );
});

test("one number may stand for each index of the leading axes, and nothing between", () => {
  const make = (count: number) => () =>
    new CountedTargets("test", [2, 3, 4], { weights: Array<number>(count).fill(1) });
  for (const count of [2, 6, 24]) expect(make(count)).not.toThrow();
  expect(make(3)).toThrow("test: expected weights of 24 or 6 or 2 numbers, got 3");
});
