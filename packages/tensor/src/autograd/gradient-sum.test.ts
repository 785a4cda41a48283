import { expect, test } from "vitest";
import * as t from "../index.ts";

const backends = ["reference", "wasm"] as const;

test.each(backends)("gradients of several losses add up, and rows stay rows: %s", async (name) => {
  const session = await t.createSession({ backend: name });
  const table = session.tensor([1, 2, 3, 4, 5, 6], [3, 2], { requiresGrad: true });
  const tied = session.tensor([1, 1, 1, 1], [2, 2], { requiresGrad: true });
  const [a, b] = [1, 2].map((value) => session.tensor([value, value], [2], { requiresGrad: true }));
  const rowsOf = [[0], [2, 0], [2]];
  {
    using total = new t.GradientSum(session);
    for (const [step, rows] of rowsOf.entries()) {
      using _ = session.scope();
      const looked = t.embedding(table, session.tensor(rows, [rows.length], { dtype: "int32" }));
      // a and b share the gradient of their sum; the tied matrix has rows first and all of it later.
      const both = t.sum(t.mul(t.add(a!, b!), step + 1));
      const ofTied = step === 0 ? t.sum(t.gatherRows(tied, Int32Array.of(1))) : t.sum(t.mul(tied, step));
      total.add(t.backward(t.add(t.add(t.mul(t.sum(looked), step + 1), both), ofTied)));
    }
    const { gradients } = total;
    const sparse = gradients.get(table)!;
    expect(sparse.kind).toBe("sparse");
    const dense = (parameter: t.Tensor) => [...t.denseGradient(gradients.get(parameter)!).readSync()];
    expect(dense(table)).toEqual([3, 3, 0, 0, 5, 5]);
    expect(dense(tied)).toEqual([3, 3, 4, 4]);
    expect(dense(a!)).toEqual([6, 6]);
    expect(dense(b!)).toEqual([6, 6]);
  }
  await session.dispose();
});

test("a sum over many losses holds no more than one over few", async () => {
  const session = await t.createSession({ backend: "reference" });
  const weight = session.tensor(new Float32Array(1000).fill(1), [1000], { requiresGrad: true });
  const table = session.tensor(new Float32Array(1000), [100, 10], { requiresGrad: true });
  const peakOf = (losses: number) => {
    using total = new t.GradientSum(session);
    for (let step = 0; step < losses; step++) {
      using _ = session.scope();
      const looked = t.embedding(table, session.tensor([step % 5], [1], { dtype: "int32" }));
      total.add(t.backward(t.add(t.sum(t.square(weight)), t.sum(looked))));
    }
    expect(t.denseGradient(total.gradients.get(weight)!).readSync()[7]).toBe(2 * losses);
    return session.peakBytes();
  };
  peakOf(20);
  const peak = session.peakBytes();
  expect(peakOf(200)).toBe(peak);
});
