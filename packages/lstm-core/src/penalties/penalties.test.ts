import { createSession, Rng, type Session, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { goldenConstraints } from "../../test/golden-files.ts";
import { activationPenalty, temporalActivationPenalty } from "./activation-penalty.ts";
import { applyConstraint, applyConstraints, constraintKinds } from "./constraints.ts";
import { weightPenalty } from "./weight-penalty.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

function parameters(): Map<string, Tensor> {
  const make = (name: string, shape: readonly number[]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return session.tensor(new Rng(1).stream(name).normal(size), shape, { requiresGrad: true });
  };
  return new Map([
    ["encoder.weight_ih_l0", make("a", [4, 3])],
    ["encoder.bias_ih_l0", make("b", [4])],
    ["head.weight", make("d", [2, 4])],
  ]);
}

const sumOf = (tensor: Tensor, value: (x: number) => number) =>
  [...tensor.readSync()].reduce((sum, x) => sum + value(x), 0);

describe("weightPenalty", () => {
  const rules = [
    { pattern: "*weight*", l2: 0.1 },
    { pattern: "head.*", l1: 0.5, l2: 0.01 },
  ];

  test("adds up magnitudes and squares of what its patterns name, and its gradients agree with differences", () => {
    const all = parameters();
    const [weight, , head] = [...all.values()] as [Tensor, Tensor, Tensor];
    const square = (x: number) => x * x;
    const wanted = 0.1 * sumOf(weight, square) + 0.11 * sumOf(head, square) + 0.5 * sumOf(head, Math.abs);
    expect(weightPenalty(all, rules).item()).toBeCloseTo(wanted, 12);
    checkGradients(() => weightPenalty(all, rules), [...all.values()]);
  });

  test("refuses a pattern that fits nothing, no rule, and factors out of range", () => {
    const penalty =
      (...given: object[]) =>
      () =>
        weightPenalty(parameters(), given as typeof rules);
    expect(penalty({ pattern: "encoder.weigth*", l1: 1 })).toThrow(
      'weightPenalty: no parameter has a name that fits "encoder.weigth*"',
    );
    expect(penalty()).toThrow("weightPenalty: expected rules to be at least one with l1 or l2 above 0, got none");
    expect(penalty({ pattern: "*", l2: -1 })).toThrow("weightPenalty: expected l2 to be a finite number >= 0, got -1");
    expect(penalty({ pattern: "*", l3: 1 })).toThrow(
      "weightPenalty: expected options to be among pattern, l1, l2, got l3",
    );
  });
});

describe("penalties of outputs", () => {
  const values = [1, 2, 3, 5, Number.NaN, Number.NaN, 0, 4, 9, 9, 9, 9];
  const lengths = Int32Array.of(2, 1);

  test("are mean squares of outputs, and of changes, over real steps", () => {
    const output = session.tensor(values, [2, 3, 2]);
    expect(activationPenalty(output, 2, { lengths }).item()).toBeCloseTo((2 * (1 + 4 + 9 + 25 + 0 + 16)) / 6, 12);
    expect(temporalActivationPenalty(output, 3, { lengths }).item()).toBeCloseTo((3 * (4 + 9)) / 2, 12);
    expect(temporalActivationPenalty(output, 3, { lengths: Int32Array.of(1, 0) }).item()).toBe(0);
  });

  test("have gradients that agree with differences", () => {
    const output = session.tensor(new Rng(2).stream("output").normal(24), [2, 4, 3], { requiresGrad: true });
    const ragged = { lengths: Int32Array.of(4, 2) };
    checkGradients(() => activationPenalty(output, 2, ragged), [output]);
    checkGradients(() => temporalActivationPenalty(output, 1, ragged), [output]);
    checkGradients(() => temporalActivationPenalty(output, 1), [output]);
  });

  test("refuse what does not fit", () => {
    expect(() => activationPenalty(session.zeros([2, 3]), 1)).toThrow(
      "activationPenalty: expected output of shape [batch, time, features], got [2, 3]",
    );
    expect(() => temporalActivationPenalty(session.zeros([1, 3, 2]), 1, { lengths: Int32Array.of(4) })).toThrow(
      "temporalActivationPenalty: expected lengths in [0, 3], got 4 in row 0",
    );
    expect(() => activationPenalty(session.zeros([1, 3, 2]), Number.NaN)).toThrow(
      "activationPenalty: expected factor to be a finite number >= 0, got NaN",
    );
  });
});

describe("constraints", () => {
  // Keras divides by the norm plus 1e-7, in float32.
  test.each(goldenConstraints)(
    "$constraint gives Keras's weights",
    async ({ constraint, shape, weight, constrained }) => {
      for (const dtype of ["float64", "float32"] as const) {
        const on = await createSession({ backend: "reference", dtype });
        const parameter = on.tensor(weight, shape, { requiresGrad: true });
        applyConstraint(parameter, constraint);
        const got = parameter.readSync();
        for (const [place, wanted] of constrained.entries()) expect(Math.abs(got[place]! - wanted)).toBeLessThan(1e-6);
      }
    },
  );

  test("every kind has Keras's numbers", () => {
    expect([...new Set(goldenConstraints.map(({ constraint }) => constraint.kind))].sort()).toEqual(
      [...constraintKinds].sort(),
    );
  });

  test("leave zeros alone, and maxNorm the bits of vectors that are short enough", () => {
    for (const kind of constraintKinds) {
      const zeros = session.zeros([2, 3]);
      applyConstraint(zeros, { kind });
      expect([...zeros.readSync()]).toEqual(Array(6).fill(0));
    }
    const short = session.tensor([0.1, 0.2, 0.7, 3, 4, 0], [2, 3]);
    applyConstraint(short, { kind: "maxNorm", maxValue: 1 });
    expect([...short.readSync().subarray(0, 3)]).toEqual([0.1, 0.2, 0.7]);
    expect([...short.readSync().subarray(3)].map((x) => x.toFixed(12))).toEqual([
      "0.600000000000",
      "0.800000000000",
      "0.000000000000",
    ]);
  });

  test("have the same bits on every backend", async () => {
    const backends = await Promise.all(
      (["reference", "wasm", "auto"] as const).map((backend) => createSession({ backend })),
    );
    for (const { constraint, shape, weight } of goldenConstraints) {
      const results = backends.map((on) => {
        const parameter = on.tensor(weight, shape);
        applyConstraint(parameter, constraint);
        return parameter.readSync();
      });
      for (const result of results) expect(result).toEqual(results[0]);
    }
  });

  test("are applied by name, in the order of the rules", () => {
    const all = parameters();
    const before = [...all.get("encoder.bias_ih_l0")!.readSync()];
    applyConstraints(all, [
      { pattern: "*weight*", kind: "nonNegative" },
      { pattern: "head.*", kind: "unitNorm" },
    ]);
    expect([...all.get("encoder.bias_ih_l0")!.readSync()]).toEqual(before);
    expect(
      all
        .get("encoder.weight_ih_l0")!
        .readSync()
        .every((x) => x >= 0),
    ).toBe(true);
    expect(sumOf(all.get("head.weight")!, (x) => x * x)).toBeCloseTo(2, 12);
  });

  test("refuse unknown kinds and options, and values out of range", () => {
    const apply = (constraint: object) => () =>
      applyConstraint(session.zeros([2, 3]), constraint as { kind: "unitNorm" });
    expect(apply({ kind: "max_norm" })).toThrow(
      "applyConstraint: expected kind to be one of maxNorm, unitNorm, nonNegative, minMaxNorm, got max_norm; did you mean maxNorm?",
    );
    expect(apply({ kind: "unitNorm", maxValue: 1 })).toThrow(
      "applyConstraint: expected options to be among kind, pattern, axis, got maxValue",
    );
    expect(apply({ kind: "maxNorm", maxValue: -1 })).toThrow(
      "applyConstraint: expected maxValue to be a finite number >= 0, got -1",
    );
    expect(apply({ kind: "minMaxNorm", minValue: 1.5 })).toThrow(
      "applyConstraint: expected maxValue to be a finite number >= 1.5, got 1",
    );
    expect(apply({ kind: "minMaxNorm", rate: 0 })).toThrow(
      "applyConstraint: expected rate to be a share in (0, 1], got 0",
    );
    expect(apply({ kind: "maxNorm", axis: 2 })).toThrow(
      "applyConstraint: expected a parameter with an axis 2, got [2, 3]",
    );
  });
});
