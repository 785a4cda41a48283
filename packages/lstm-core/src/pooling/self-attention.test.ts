/** Several attentions over a sequence: the formula, gradients, padding. */
import { createSession, Rng, square, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { expect, test } from "vitest";
import { SelfAttentionPooling } from "./self-attention.ts";

const session = await createSession({ backend: "reference", dtype: "float64" });
const stream = new Rng(5).stream("pooling");
const pooling = new SelfAttentionPooling(session, { layers: { outputSize: 2, directions: 1 }, stream, heads: 3 });
const lengths = Int32Array.of(3, 0, 2);
const values = stream.fork("steps").normal(3 * 3 * 2);

/** Steps of three rows with `filler` behind their ends. */
function stepsOf(filler: number): Tensor {
  const steps = values.slice();
  steps.fill(filler, 6, 12);
  steps.fill(filler, 16);
  return session.tensor(steps, [3, 3, 2], { requiresGrad: true });
}

test("each head gives the mean of the steps by its own weights; an empty row gives zeros", () => {
  const [w, q] = [pooling.projection.weight.readSync(), pooling.queries.weight.readSync()];
  const meansOf = (row: number, length: number) => {
    const steps = Array.from({ length }, (_, time) => [
      ...values.subarray((row * 3 + time) * 2, (row * 3 + time + 1) * 2),
    ]);
    return [0, 1, 2].flatMap((head) => {
      const score = ([a, b]: number[]) =>
        [0, 1].reduce((total, i) => total + q[head * 2 + i]! * Math.tanh(w[i * 2]! * a! + w[i * 2 + 1]! * b!), 0);
      const weights = steps.map((step) => Math.exp(score(step)));
      const total = weights.reduce((a, b) => a + b, 0);
      return [0, 1].map((feature) => steps.reduce((mean, step, i) => mean + (weights[i]! / total) * step[feature]!, 0));
    });
  };
  const got = pooling.forward({ output: stepsOf(9) }, lengths);
  expect(got.shape).toEqual([3, pooling.outputSize]);
  [...meansOf(0, 3), 0, 0, 0, 0, 0, 0, ...meansOf(2, 2)].forEach((want, index) => {
    expect(got.readSync()[index]).toBeCloseTo(want, 12);
  });
});

test("gradients of steps and weights agree with central differences", () => {
  const output = stepsOf(0);
  const loss = () => sum(square(pooling.forward({ output }, lengths)));
  checkGradients(loss, [output, ...pooling.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("what stands on padding changes no bit", () => {
  const got = (filler: number) => pooling.forward({ output: stepsOf(filler) }, lengths).readSync();
  expect(got(Number.NaN)).toEqual(got(0));
});
