import { readFileSync } from "node:fs";
import { createSession, type SessionOptions } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { TrainingStateError } from "../errors.ts";
import { Averager, withWeights } from "./averager.ts";
import type { AveragingOptions } from "./averagings.ts";

// Made by test/golden/make_clipping_golden.py with PyTorch 2.13 in float64.
const golden = JSON.parse(readFileSync(new URL("../../test/golden/clipping.json", import.meta.url), "utf8")) as {
  readonly steps: number[][];
  readonly averages: Record<"ema" | "swa", number[][]>;
};

async function begin(options: AveragingOptions, backend: SessionOptions = { backend: "reference", dtype: "float64" }) {
  const session = await createSession(backend);
  const weight = session.zeros([2], { requiresGrad: true });
  const parameters = new Map([["weight", weight]]);
  return { session, weight, parameters, averager: new Averager(options, parameters, session) };
}

const average = (averager: Averager) => [...averager.averages.get("weight")!.readSync()];

test.each([{ kind: "ema", decay: 0.8 }, { kind: "swa" }] as const)(
  "$kind has the averages of PyTorch",
  async (options) => {
    const { weight, averager } = await begin(options);
    for (const [step, values] of golden.steps.entries()) {
      weight.write(values);
      averager.afterStep({ epoch: step + 1, epochEnded: true });
      average(averager).forEach(
        (value, i) => void expect(value).toBeCloseTo(golden.averages[options.kind][step]![i]!, 12),
      );
    }
  },
);

test("swa averages at the ends of epochs from its first one on, ema after each step", async () => {
  const moments = [1, 1, 2, 2, 3, 3].map((epoch, i) => ({ epoch, epochEnded: i % 2 === 1 }));
  const averagesOf = async (options: AveragingOptions) => {
    const { weight, averager } = await begin(options);
    return moments.map((moment, i) => {
      weight.write([i, 0]);
      averager.afterStep(moment);
      return averager.averages.size === 0 ? null : average(averager)[0];
    });
  };
  expect(await averagesOf({ kind: "swa", fromEpoch: 2 })).toEqual([null, null, null, 3, 3, 4]);
  expect(await averagesOf({ kind: "ema", decay: 0.5, fromEpoch: 3 })).toEqual([null, null, null, null, 4, 4.5]);
});

test("nonMonotone begins when a score is worse than the best of those before the last `patience`", async () => {
  const { weight, averager } = await begin({ kind: "nonMonotone", patience: 2 });
  // Merity et al. 2018, algorithm 1: 2.5 is worse than 3's predecessors only from the fifth score on.
  const begun = [5, 2, 4, 1.9, 2.5, 0].map((score, step) => {
    averager.afterEvaluation(score);
    weight.write([step, 1]);
    averager.afterStep({ epoch: 1, epochEnded: false });
    return averager.averages.size > 0;
  });
  expect(begun).toEqual([false, false, false, false, true, true]);
  expect(average(averager)).toEqual([4.5, 1]);
  expect(averager.state()).toMatchObject({ triggered: true, updates: 2, scores: [5, 2, 4, 1.9, 2.5] });
});

test("a score that is no number begins the average as a bad one, and stays plain JSON", async () => {
  const { averager } = await begin({ kind: "nonMonotone", patience: 1 });
  for (const score of [1, 2, Number.NaN]) averager.afterEvaluation(score);
  expect(averager.state()).toMatchObject({ triggered: true });
  expect(JSON.parse(JSON.stringify(averager.state().scores))).toEqual(averager.state().scores);
});

test("a saved state goes on with the same bits, on wasm as on the reference", async () => {
  const options = { kind: "ema", decay: 0.9 } as const;
  const [first, second] = [await begin(options, { backend: "reference" }), await begin(options, { backend: "wasm" })];
  const walk = ({ weight, averager }: typeof first, steps: readonly number[][]) => {
    for (const values of steps) {
      weight.write(values);
      averager.afterStep({ epoch: 1, epochEnded: false });
    }
  };
  walk(first, golden.steps.slice(0, 3));
  second.averager.load(first.averager.state());
  walk(first, golden.steps.slice(3));
  walk(second, golden.steps.slice(3));
  expect(second.averager.state()).toEqual(first.averager.state());
});

test("a state of another kind or model is refused", async () => {
  const { averager } = await begin({ kind: "ema" });
  const swa = await begin({ kind: "swa" });
  expect(() => averager.load(swa.averager.state())).toThrow(TrainingStateError);
  expect(() => averager.load(swa.averager.state())).toThrow(
    "train: expected the state of averaging ema, got the state of swa",
  );
  expect(() => averager.load(undefined)).toThrow("expected the state of averaging ema, got none");
  expect(() => averager.load({ ...averager.state(), updates: 1 })).toThrow(
    "averages: the saved state belongs to another",
  );
});

test("weights are replaced for a while, and come back also after an error", async () => {
  const { session, weight, parameters } = await begin({ kind: "ema" });
  weight.write([1, 2]);
  const others = new Map([["weight", session.tensor([3, 4], [2])]]);
  const seen = await withWeights(session, parameters, others, async () => [...weight.readSync()]);
  expect(seen).toEqual([3, 4]);
  expect([...weight.readSync()]).toEqual([1, 2]);
  const failing = withWeights(session, parameters, others, async () => {
    throw new Error("evaluation failed");
  });
  await expect(failing).rejects.toThrow("evaluation failed");
  expect([...weight.readSync()]).toEqual([1, 2]);
});
