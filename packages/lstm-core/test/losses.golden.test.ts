/** Every loss against numbers that PyTorch and Keras computed: see golden/make_losses_golden.py. */
import { backward, createSession, denseGradient, type Session, type Tensor } from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { losses, lossNames } from "../src/index.ts";
import { type GoldenLoss, goldenLosses } from "./golden-files.ts";

// float64 is limited by the 12 digits of the files, and float32 by a few roundings of 6e-8.
const tolerances = { float64: 1e-10, float32: 2e-6 } as const;

function compute(session: Session, golden: GoldenLoss): { loss: Tensor; inputs: Readonly<Record<string, Tensor>> } {
  const inputs = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, { shape, data }]) => [
      name,
      session.tensor(data, shape, { requiresGrad: true }),
    ]),
  );
  const { classWeights, ...options } = golden.options;
  const classes = Array.isArray(classWeights)
    ? { classWeights: session.tensor(classWeights, [classWeights.length]) }
    : {};
  const call = losses[golden.loss] as (predictions: unknown, targets: ArrayLike<number>, options: object) => Tensor;
  return { loss: call(inputs.predictions ?? inputs, golden.targets, { ...options, ...classes }), inputs };
}

function expectNear(got: number, wanted: number, tolerance: number, what: string): void {
  expect(
    Math.abs(got - wanted) / Math.max(1, Math.abs(wanted)),
    `${what}: ${got} against ${wanted}`,
  ).toBeLessThanOrEqual(tolerance);
}

describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
  test.each(goldenLosses)("$loss, $name: value and gradients equal the original's", async (golden) => {
    const session = await createSession({ backend: "reference", dtype });
    const tolerance = tolerances[dtype === "float32" ? dtype : golden.computedIn];
    const { loss, inputs } = compute(session, golden);
    expectNear(loss.item(), golden.value, tolerance, "loss");
    const gradients = backward(loss);
    for (const [name, wanted] of Object.entries(golden.gradients)) {
      const got = denseGradient(gradients.get(inputs[name]!)!).readSync();
      expect(got.length).toBe(wanted.data.length);
      wanted.data.forEach((value, i) => {
        expectNear(got[i]!, value, tolerance, `gradient of ${name}, element ${i}`);
      });
    }
  });
});

test("every loss of the list has golden values", () => {
  expect([...new Set(goldenLosses.map(({ loss }) => loss))].sort()).toEqual([...lossNames].sort());
});
