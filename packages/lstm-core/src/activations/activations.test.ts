import { backward, createSession, denseGradient, mul, Rng, type Session, square, sum } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { activationNames, isUnbounded, resolveActivation } from "./activations.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

describe.each(activationNames)("%s", (name) => {
  const activate = resolveActivation("test", "activation", name);

  test("has gradients that agree with central differences on both sides of every kink", () => {
    const values = new Rng(4).stream("x").uniform(60, -7, 7).sort();
    const factor = session.tensor([1, -2, 0.5, 3], [2, 2]);
    for (let from = 0; from < values.length; from += 4) {
      // Few at a time and near each other: differences of a sum lose the digits of its small terms.
      const x = session.tensor(values.subarray(from, from + 4), [2, 2], { requiresGrad: true });
      checkGradients(() => sum(mul(activate(x), factor)), [x], { eps: 1e-5, rtol: 1e-6 });
    }
  });

  test.each(["float64", "float32"] as const)(
    "gives finite values and gradients however far from 0 in %s",
    async (dtype) => {
      const own = await createSession({ backend: "reference", dtype });
      const far =
        name === "exponential" ? [-1e30, -300, 0, 80] : [-1e30, -1e5, -300, -90, -20, 0, 20, 90, 300, 1e5, 1e30];
      const x = own.tensor(far, [1, far.length], { requiresGrad: true });
      const y = activate(x);
      // The square in it overflows a float32 from 1.9e19 on, as in its formula.
      const bound = name === "squareplus" && dtype === "float32" ? 1e6 : Number.POSITIVE_INFINITY;
      const values = y.readSync();
      const gradient = denseGradient(backward(sum(y)).get(x)!).readSync();
      far.forEach((at, index) => {
        if (Math.abs(at) > bound) return;
        expect(values[index], `value at ${at}`).toSatisfy(Number.isFinite);
        expect(gradient[index], `gradient at ${at}`).toSatisfy(Number.isFinite);
      });
    },
  );

  test("is bounded or not as the list says", () => {
    const y = activate(session.tensor([-1e4, 300], [2, 1])).readSync();
    expect(Math.max(...y.map(Math.abs)) > 10).toBe(isUnbounded(name) && name !== "logSoftmax");
  });
});

test("softplus, elu and their kin keep their digits in float32 near 0 and far below it", async () => {
  const single = await createSession({ backend: "reference" });
  const at = (name: "softplus" | "elu" | "logSigmoid", x: number) =>
    resolveActivation("test", "activation", name)(single.tensor([x], [1])).item();
  const relative = (got: number, want: number) => Math.abs(got / want - 1);
  for (const x of [-80, -20, -8, -4, -3, -1, 0.5, 3]) {
    expect(relative(at("softplus", x), Math.log1p(Math.exp(x)))).toBeLessThan(2e-6);
    expect(relative(at("logSigmoid", -x), -Math.log1p(Math.exp(x)))).toBeLessThan(2e-6);
  }
  for (const x of [-5, -1, -0.6, -0.4, -1e-2, -1e-5]) expect(relative(at("elu", x), Math.expm1(x))).toBeLessThan(1e-6);
});

test("at 0 gradients are those of the nearer side: softplus 0.5, elu 1", () => {
  const slope = (name: "softplus" | "elu") => {
    const x = session.tensor([0], [1], { requiresGrad: true });
    return denseGradient(backward(sum(resolveActivation("test", "activation", name)(x))).get(x)!).item();
  };
  expect([slope("softplus"), slope("elu")]).toEqual([0.5, 1]);
});

test("a function of one's own stays as it is", () => {
  const own = resolveActivation("test", "activation", square);
  expect(own).toBe(square);
  expect(isUnbounded(square)).toBe(false);
});

test.each([
  ["hard_sigmoid", "hardSigmoid"],
  ["sigmiod", "sigmoid"],
  ["LeakyReLU", "leakyRelu"],
  ["Tanh", "tanh"],
])("a name that is in no list, %s, is refused with all names and the nearest one", (given, near) => {
  expect(() => resolveActivation("Lstm", "recurrentActivation", given as "tanh")).toThrow(
    `Lstm: expected recurrentActivation to be a function or one of ${activationNames.join(", ")}, got ${given}; did you mean ${near}?`,
  );
});

test("a name that is like none is refused without a guess", () => {
  expect(() => resolveActivation("Lstm", "activation", "quux" as "tanh")).toThrow(/, got quux$/);
  expect(() => resolveActivation("Lstm", "activation", null as unknown as "tanh")).toThrow(/, got null$/);
});
