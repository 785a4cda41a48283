import { NamePatternError } from "@cellstate/lstm-core";
import { train } from "@cellstate/training";
import { trainingConfig } from "@cellstate/training/config";
import { expect, test } from "vitest";
import { type TinySections, tinyRun, valuesOf } from "./tiny-run.ts";

/** Weights and losses after each step. */
async function stepsOf(sections: TinySections) {
  const { options, parameters } = await tinyRun(sections);
  const weights: Record<string, number[]>[] = [];
  const losses: number[] = [];
  await train({
    ...options,
    callbacks: {
      onStep: ({ loss }) => {
        weights.push(valuesOf(parameters));
        losses.push(loss);
      },
    },
  });
  return { weights, losses };
}

const sgd = { kind: "sgd", learningRate: 0.1 };

test("a penalty of squares is a weight decay of twice as much, for the weights that it names", async () => {
  const training = { epochs: 2, clipNorm: null };
  const penalties = [{ pattern: "*.weight", l2: 0.05 }];
  const groups = [{ pattern: "*.weight", weightDecay: 0.1 }];
  const penalized = await stepsOf({ optimizer: sgd, training: { ...training, penalties } });
  const decayed = await stepsOf({ optimizer: { ...sgd, groups }, training });
  const plain = await stepsOf({ optimizer: sgd, training });
  expect(penalized.losses[0]).toBe(plain.losses[0]); // the loss of the batch alone
  for (const [step, weights] of penalized.weights.entries()) {
    for (const [name, values] of Object.entries(weights)) {
      values.forEach((value, i) => void expect(value, name).toBeCloseTo(decayed.weights[step]![name]![i]!, 5));
    }
  }
  expect(penalized.weights[7]!["hidden.weight"]).not.toEqual(plain.weights[7]!["hidden.weight"]);
});

test("a penalty counts as much in steps of several batches as in those of one", async () => {
  const penalties = [{ pattern: "*", l1: 10 }];
  const training = { epochs: 1, clipNorm: null, penalties };
  const [one, several] = [
    await stepsOf({ optimizer: { kind: "sgd", learningRate: 1e-3 }, training }),
    await stepsOf({ optimizer: { kind: "sgd", learningRate: 1e-3 }, training: { ...training, accumulateSteps: 4 } }),
  ];
  // So large a penalty that the batches hardly matter: every weight moves by 0.01 towards 0.
  const [first, only] = [one.weights[0]!["hidden.weight"]!, several.weights[0]!["hidden.weight"]!];
  first.forEach((value, i) => void expect(Math.abs(value - only[i]!)).toBeLessThan(1e-3));
});

test("constraints hold after each step, for parameters that learn", async () => {
  const constraints = [
    { pattern: "hidden.weight", kind: "maxNorm", maxValue: 0.5 },
    { pattern: "output.*", kind: "nonNegative" },
  ];
  const { weights } = await stepsOf({ training: { epochs: 2, constraints } });
  for (const step of weights) {
    const rows = Array.from({ length: 5 }, (_, row) => step["hidden.weight"]!.slice(3 * row, 3 * row + 3));
    for (const row of rows) expect(Math.hypot(...row)).toBeLessThan(0.500001);
    for (const value of [...step["output.weight"]!, ...step["output.bias"]!]) expect(value).toBeGreaterThanOrEqual(0);
  }
  const groups = [{ pattern: "output.*", freeze: true }];
  const frozen = await tinyRun({ optimizer: { kind: "adam", groups }, training: { epochs: 1, constraints } });
  const before = valuesOf(frozen.parameters)["output.weight"];
  await train(frozen.options);
  expect(valuesOf(frozen.parameters)["output.weight"]).toEqual(before);
  expect(Math.min(...before!)).toBeLessThan(0);
});

test("a pattern that fits nothing is refused before the first step, with the names", async () => {
  for (const training of [
    { epochs: 1, penalties: [{ pattern: "hiden.weight", l1: 1 }] },
    { epochs: 1, constraints: [{ pattern: "hiden.weight", kind: "unitNorm" }] },
  ]) {
    const { options } = await tinyRun({ training });
    const failure = train({ ...options, lossOf: () => expect.unreachable() });
    await expect(failure).rejects.toThrow(NamePatternError);
    await expect(failure).rejects.toThrow(/fits "hiden.weight"; did you mean "hidden.weight"\?/);
  }
});

test.each([
  [{ penalties: [{ pattern: "*" }] }, ["penalties", 0], "needs l1 or l2 above 0"],
  [{ penalties: [{ pattern: "*", l1: -1 }] }, ["penalties", 0, "l1"], "expected number to be >=0"],
  [
    { constraints: [{ pattern: "*", kind: "minMaxNorm", minValue: 2 }] },
    ["constraints", 0],
    "needs minValue <= maxValue",
  ],
  [{ constraints: [{ pattern: "*", kind: "max" }] }, ["constraints", 0, "kind"], ""],
  [{ constraints: [{ kind: "unitNorm" }] }, ["constraints", 0, "pattern"], ""],
])("configs refuse %j", (training, path, message) => {
  const issue = trainingConfig.safeParse(training).error?.issues[0];
  expect(issue).toMatchObject({ path, message: expect.stringContaining(message) });
});
