import { createSession, Rng, type Session, square, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { AttentionPooling } from "./attention.ts";

let session: Session;
let pooling: AttentionPooling;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
  const stream = new Rng(6).stream("attention");
  pooling = new AttentionPooling(session, { layers: { outputSize: 2, directions: 1 }, stream });
});

/** Steps `[3, 3, 2]`; the second row is empty, the third one step shorter, with `filler` in the place of what is not there. */
function stepsOf(filler: number): Tensor {
  const steps = [0.5, -1, 2, 0.25, -0.5, 1, ...Array(6).fill(filler), 1, 1.5, -2, 0.5, filler, filler];
  return session.tensor(steps, [3, 3, 2], { requiresGrad: true });
}
const lengths = Int32Array.of(3, 0, 2);
const pool = (output: Tensor) => pooling.forward({ output }, lengths);

test("each real step counts by the softmax of query . tanh(W h + b)", () => {
  pooling.projection.weight.write([1, 0.5, -0.5, 2]);
  pooling.projection.bias!.write([0.1, -0.2]);
  pooling.query.write([2, -1]);
  const scoreOf = ([x, y]: readonly [number, number]) =>
    2 * Math.tanh(x + 0.5 * y + 0.1) - Math.tanh(-0.5 * x + 2 * y - 0.2);
  const meanOf = (...steps: (readonly [number, number])[]) => {
    const shares = steps.map((step) => Math.exp(scoreOf(step)));
    const total = shares.reduce((a, b) => a + b);
    return [0, 1].map((feature) => steps.reduce((sum, step, t) => sum + (shares[t]! / total) * step[feature]!, 0));
  };
  const expected = [...meanOf([0.5, -1], [2, 0.25], [-0.5, 1]), 0, 0, ...meanOf([1, 1.5], [-2, 0.5])];
  pool(stepsOf(9))
    .readSync()
    .forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 12);
    });
});

test("gradients of steps and weights agree with central differences", () => {
  const output = stepsOf(0);
  const loss = () => sum(square(pool(output)));
  checkGradients(loss, [output, ...pooling.parameters().values()], { eps: 1e-5, rtol: 1e-6 });
});

test("what stands on padding changes no bit", () => {
  expect(pool(stepsOf(Number.NaN)).readSync()).toEqual(pool(stepsOf(0)).readSync());
});

test("parameters are the projection's and the query", () => {
  expect([...pooling.parameters().keys()]).toEqual(["projection.weight", "projection.bias", "query"]);
});
