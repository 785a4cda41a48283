import { type BatchSource, type NextBatch, train } from "@cellstate/training";
import { expect, test } from "vitest";
import { type TinyBatch, tinyRun, valuesOf } from "./tiny-run.ts";

/** A source whose batches are those of `source`, several as one. */
function joined(source: BatchSource<TinyBatch>, parts: number): BatchSource<TinyBatch> {
  return {
    ...source,
    batchesPerEpoch: Math.ceil(source.batchesPerEpoch / parts),
    next: () => {
      const taken: NextBatch<TinyBatch>[] = [];
      while (taken.length < parts && taken.at(-1)?.epochEnded !== true) {
        taken.push(source.next() as NextBatch<TinyBatch>);
      }
      const tokens = taken.reduce((total, next) => total + next.tokens, 0);
      return { batch: taken.flatMap(({ batch }) => batch), tokens, epochEnded: taken.at(-1)!.epochEnded };
    },
    state: () => source.state(),
    load: (state) => source.load(state),
  };
}

test.each([2, 3, 4])("steps of %i batches are those of one large batch, but for rounding", async (accumulateSteps) => {
  const training = { epochs: 4, clipNorm: 0.5, evaluateEverySteps: 1 };
  const [one, several] = [await tinyRun({ training }), await tinyRun({ training: { ...training, accumulateSteps } })];
  const logOf = async ({ options, parameters }: typeof one) => {
    const log: unknown[] = [];
    const numbers: number[] = [];
    const result = await train({
      ...options,
      callbacks: {
        onStep: ({ step, totalSteps, epoch, tokens, learningRate, loss, gradientNorm }) => {
          log.push({ step, totalSteps, epoch, tokens, learningRate });
          numbers.push(loss, gradientNorm);
        },
        onEpochEnd: ({ trainLoss }) => void numbers.push(trainLoss),
      },
    });
    numbers.push(...Object.values(valuesOf(parameters)).flat());
    return { log, numbers, steps: result.step };
  };
  const expected = await logOf({
    ...one,
    options: { ...one.options, batches: joined(one.options.batches, accumulateSteps) },
  });
  const got = await logOf(several);
  expect(got.steps).toBe(4 * Math.ceil(4 / accumulateSteps));
  expect(got.log).toEqual(expected.log);
  // Sixteen steps of float32, whose sums run in another order.
  got.numbers.forEach((value, i) => void expect(Math.abs(value - expected.numbers[i]!)).toBeLessThan(2e-5));
});

test("a step of several batches holds the memory of one", async () => {
  const peakOf = async (accumulateSteps: number) => {
    const { options, session } = await tinyRun({ training: { epochs: 1, accumulateSteps } });
    const before = session.peakBytes();
    await train(options);
    return session.peakBytes() - before;
  };
  expect(await peakOf(4)).toBeLessThan(1.5 * (await peakOf(1)));
});

test("frozen and rarely used parameters are no trouble", async () => {
  const groups = [{ pattern: "hidden.*", freeze: true }];
  const sections = { optimizer: { kind: "adam", groups }, training: { epochs: 2, accumulateSteps: 3 } };
  const { options, parameters } = await tinyRun(sections);
  const before = valuesOf(parameters);
  await train(options);
  const after = valuesOf(parameters);
  expect(after["hidden.weight"]).toEqual(before["hidden.weight"]);
  expect(after["output.weight"]).not.toEqual(before["output.weight"]);
});
