/** Activation functions against PyTorch: see golden/make_activations_golden.py. */
import { readFileSync } from "node:fs";
import { backward, createSession, denseGradient, mul, sum } from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { activationNames, resolveActivation } from "../src/index.ts";

interface Golden {
  readonly points: readonly number[];
  /** Of the values in the loss. */
  readonly factors: readonly number[];
  readonly functions: Readonly<
    Record<string, { readonly values: readonly number[]; readonly gradients: readonly number[] }>
  >;
}

const golden = JSON.parse(readFileSync(new URL("golden/activations.json", import.meta.url), "utf8")) as Golden;

test("the file has every function of the list", () => {
  expect(Object.keys(golden.functions).sort()).toEqual([...activationNames].sort());
});

describe.each([
  // The numbers of the file have 12 digits; gelu and its kin take a difference from 1 far below 0, as PyTorch does.
  { backend: "reference", dtype: "float64", tolerance: 1e-11 },
  { backend: "auto", dtype: "float32", tolerance: 2e-6 },
] as const)("on $backend in $dtype", ({ backend, dtype, tolerance }) => {
  test.each(activationNames)("%s equals PyTorch's, values and gradients", async (name) => {
    const session = await createSession({ backend, dtype });
    const { points, factors, functions } = golden;
    const x = session.tensor(points, [1, points.length], { requiresGrad: true });
    const y = resolveActivation("test", "activation", name)(x);
    const values = y.readSync();
    const gradients = backward(sum(mul(y, session.tensor(factors, y.shape))));
    const slopes = denseGradient(gradients.get(x)!).readSync();
    const { values: wanted, gradients: wantedSlopes } = functions[name]!;
    const expectClose = (got: ArrayLike<number>, want: readonly number[], what: string) => {
      want.forEach((value, index) => {
        const error = Math.abs(got[index]! - value) / Math.max(1, Math.abs(value));
        expect(error, `${what} at ${points[index]}: ${got[index]} against ${value}`).toBeLessThanOrEqual(tolerance);
      });
    };
    expectClose(values, wanted, "value");
    expectClose(slopes, wantedSlopes, "gradient");
    await session.dispose();
  });
});
