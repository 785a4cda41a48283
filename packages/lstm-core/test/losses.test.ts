/** What every loss of the list promises, on the inputs of the golden files. */
import { backward, createSession, denseGradient, type Session, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { describe, expect, test } from "vitest";
import { losses, lossNames } from "../src/index.ts";
import { type GoldenLoss, type GoldenTensor, goldenLosses } from "./golden-files.ts";

type AnyLoss = (predictions: unknown, targets: ArrayLike<number>, options: object) => Tensor;

/** Each loss with rows of its own targets: the cases of the golden files whose first axis has them. */
const cases = goldenLosses.filter(({ inputs }) => Object.values(inputs)[0]!.shape.length === 2);
const firstOf = (name: string): GoldenLoss => cases.find(({ loss }) => loss === name)!;

function tensorsOf(session: Session, inputs: Readonly<Record<string, GoldenTensor>>): Record<string, Tensor> {
  const make = ({ shape, data }: GoldenTensor) => session.tensor(data, shape, { requiresGrad: true });
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, make(tensor)]));
}

function optionsOf(session: Session, { options }: GoldenLoss): object {
  const { classWeights } = options;
  if (!Array.isArray(classWeights)) return options;
  return { ...options, classWeights: session.tensor(classWeights, [classWeights.length]) };
}

interface Run {
  readonly value: ArrayLike<number>;
  readonly gradients: readonly ArrayLike<number>[];
}

function run(session: Session, golden: GoldenLoss, more: object = {}): Run {
  const inputs = tensorsOf(session, golden.inputs);
  const call = losses[golden.loss] as AnyLoss;
  const loss = call(inputs.predictions ?? inputs, golden.targets, { ...optionsOf(session, golden), ...more });
  const value = loss.readSync();
  const gradients = backward(loss);
  return { value, gradients: Object.values(inputs).map((input) => denseGradient(gradients.get(input)!).readSync()) };
}

/** The case with two more rows of NaN behind its own, on every side. */
function padded(golden: GoldenLoss): GoldenLoss {
  const rows = Object.values(golden.inputs)[0]!.shape[0]!;
  const more = (data: readonly number[]) => [...data, ...Array<number>((2 * data.length) / rows).fill(Number.NaN)];
  const inputs = Object.entries(golden.inputs).map(([name, { shape, data }]) => {
    return [name, { shape: [rows + 2, ...shape.slice(1)], data: more(data) }] as const;
  });
  const { weights } = golden.options as { weights?: number[] };
  const options = { ...golden.options, ...(weights && { weights: [...weights, 3, 3] }) };
  return { ...golden, inputs: Object.fromEntries(inputs), targets: more(golden.targets), options };
}

/** A mask that lets the first `rows` of a case through. */
function firstRows(golden: GoldenLoss, rows: number): { mask: boolean[] } {
  return { mask: Array.from({ length: Object.values(golden.inputs)[0]!.shape[0]! }, (_, row) => row < rows) };
}

describe.each(cases)("$loss, $name", (golden) => {
  // A variance below eps has the gradient of eps itself, which differences do not see.
  test.skipIf("eps" in golden.options)("its gradients agree with central differences", async () => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const inputs = tensorsOf(session, golden.inputs);
    const call = losses[golden.loss] as AnyLoss;
    const options = optionsOf(session, golden);
    checkGradients(() => call(inputs.predictions ?? inputs, golden.targets, options), Object.values(inputs), {
      eps: 1e-5,
      rtol: 1e-6,
    });
  });

  test("what does not count may be NaN on every side and moves no bit", async () => {
    const session = await createSession({ backend: "reference" });
    const rows = Object.values(golden.inputs)[0]!.shape[0]!;
    const tight = run(session, golden, firstRows(golden, rows));
    const wide = padded(golden);
    const masked = run(session, wide, firstRows(wide, rows));
    expect(masked.value).toEqual(tight.value);
    masked.gradients.forEach((gradient, which) => {
      const wanted = [...(tight.gradients[which] as Float32Array)];
      expect([...(gradient as Float32Array)]).toEqual([...wanted, ...Array(gradient.length - wanted.length).fill(0)]);
    });
  });

  test("it gives the same bits on every backend", async () => {
    const results = await Promise.all(
      (["reference", "wasm", "auto"] as const).map(async (backend) => run(await createSession({ backend }), golden)),
    );
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

describe.each(lossNames)("%s", (name) => {
  test("is 0 with gradients of 0 if nothing counts", async () => {
    const session = await createSession({ backend: "reference" });
    const { shape } = Object.values(firstOf(name).inputs)[0]!;
    const { value, gradients } = run(session, firstOf(name), { weights: Array(shape[0]).fill(0) });
    expect(value[0]).toBeCloseTo(0);
    for (const gradient of gradients) expect([...(gradient as Float32Array)].every((slope) => slope === 0)).toBe(true);
  });

  test("without reduction gives the losses whose sum is the sum", async () => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    const { value } = run(session, firstOf(name), { reduction: "sum" });
    const inputs = tensorsOf(session, firstOf(name).inputs);
    const options = { ...optionsOf(session, firstOf(name)), reduction: "none" };
    const each = (losses[name] as AnyLoss)(inputs.predictions ?? inputs, firstOf(name).targets, options);
    expect([...each.readSync()].reduce((before, loss) => before + loss, 0)).toBeCloseTo(value[0]!, 10);
  });

  test("refuses NaN as a target by its place, wrong counts, and an option that it does not have", async () => {
    const session = await createSession({ backend: "reference" });
    const golden = firstOf(name);
    const spoilt =
      (targets: readonly number[], more: object = {}) =>
      () =>
        run(session, { ...golden, targets }, more);
    expect(spoilt([Number.NaN, ...golden.targets.slice(1)])).toThrow(new RegExp(`^${name}: .*NaN at \\[0(, 0)?\\]`));
    expect(spoilt(golden.targets.slice(1))).toThrow(
      new RegExp(`^${name}: expected .*targets, got ${golden.targets.length - 1}$`),
    );
    expect(spoilt(golden.targets, { weights: [1] })).toThrow(
      new RegExp(`^${name}: expected weights of .* numbers, got 1$`),
    );
    expect(spoilt(golden.targets, { mask: [true] })).toThrow(
      new RegExp(`^${name}: expected mask of .* numbers, got 1$`),
    );
    expect(spoilt(golden.targets, { reduction: "median" })).toThrow(
      `${name}: expected reduction to be one of weightedMean, mean, sum, none, got median`,
    );
    expect(spoilt(golden.targets, { colour: 1 })).toThrow(
      new RegExp(`^${name}: expected options to be among .*, got colour$`),
    );
  });
});
