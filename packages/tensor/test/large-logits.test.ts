/** Log-softmax and cross-entropy of logits far from 0, on every backend, against float64. */
import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { onEveryBackend } from "./every-backend.ts";

const sessions = onEveryBackend();

/** Differences of 1/8 are exact near 10,000. */
const small = [0, 0.125, -1.5, 2.25, -4];
const rows = [10_000, -10_000, 0].map((middle) => small.map((logit) => middle + logit));
const logits = rows.flat();
const targets = Int32Array.of(1, 4, 3);
const expected = t.scalar.logSoftmax(small);

/** A float32 that is right to its last few bits. */
const near = (value: number) => expect.closeTo(value, 6);
const probs = expected.map((logProb) => Math.exp(logProb));

describe("logits near 10,000 lose nothing", () => {
  test("log-softmax", () => {
    for (const session of sessions) {
      const values = [...t.logSoftmax(session.tensor(logits, [3, 5])).readSync()];
      expect(values, session.backendText).toEqual([...expected, ...expected, ...expected].map(near));
    }
  });

  test.each([0, 0.1])("cross-entropy with smoothing %f, and its gradient", (labelSmoothing) => {
    const losses = [...targets].map((target) => {
      const mean = expected.reduce((sum, logProb) => sum + logProb) / 5;
      return -(1 - labelSmoothing) * expected[target]! - labelSmoothing * mean;
    });
    const gradient = [...targets].flatMap((target) =>
      probs.map((prob, c) => (prob - labelSmoothing / 5 - (c === target ? 1 - labelSmoothing : 0)) / 3),
    );
    for (const session of sessions) {
      const x = session.tensor(logits, [3, 5], { requiresGrad: true });
      const loss = t.crossEntropy(x, targets, { labelSmoothing });
      expect(loss.item(), session.backendText).toBeCloseTo(losses.reduce((sum, one) => sum + one) / 3, 6);
      const dx = t.denseGradient(t.backward(loss).get(x)!);
      expect([...dx.readSync()], session.backendText).toEqual(gradient.map(near));
    }
  });

  test("an output layer with its loss", () => {
    for (const session of sessions) {
      const x = session.tensor([1, 0, 0], [3, 1], { requiresGrad: true });
      const weight = session.tensor([10_000, 10_000, 10_000, 10_000, 10_000], [5, 1]);
      const bias = session.tensor(small, [5], { requiresGrad: true });
      const loss = t.linearCrossEntropy(x, weight, targets, { bias });
      const want = [...targets].reduce((sum, target) => sum - expected[target]!, 0) / 3;
      expect(loss.item(), session.backendText).toBeCloseTo(want, 6);
      const db = t.denseGradient(t.backward(loss).get(bias)!);
      const counts = small.map((_, c) => [...targets].filter((target) => target === c).length);
      expect([...db.readSync()], session.backendText).toEqual(probs.map((prob, c) => near(prob - counts[c]! / 3)));
    }
  });
});

test("a row that holds an infinity is NaN, as before its shift", () => {
  for (const session of sessions) {
    const values = t.logSoftmax(session.tensor([Number.POSITIVE_INFINITY, 1, 2], [1, 3])).readSync();
    expect([...values], session.backendText).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  }
});
