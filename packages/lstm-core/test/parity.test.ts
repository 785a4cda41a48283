/** Random configurations of recurrent layers against PyTorch, forward and backward: see golden/make_parity_golden.py. */
import { readFileSync } from "node:fs";
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  type RecurrentState,
  Rng,
  type Session,
  slice,
  squeeze,
  stack,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { Gru, Lstm, type RecurrentModule, Rnn } from "../src/index.ts";
import { expectSummary, Lcg } from "./lcg.ts";

type Summaries = Readonly<Record<string, readonly number[]>>;

interface ParityCase {
  readonly seed: number;
  readonly kind: "lstm" | "gru" | "rnn";
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly activation?: "tanh" | "relu";
  readonly projectionSize?: number;
  readonly lengths: readonly number[];
  /** Whether it starts from states of its own. */
  readonly hasState: boolean;
  readonly results: Summaries;
  readonly gradients: Summaries;
}

const cases = JSON.parse(readFileSync(new URL("golden/parity.json", import.meta.url), "utf8")) as readonly ParityCase[];

function layerOf(session: Session, golden: ParityCase): RecurrentModule {
  const { inputSize, hiddenSize, numLayers, bidirectional, activation, projectionSize } = golden;
  const options = { inputSize, hiddenSize, numLayers, bidirectional, stream: new Rng(1).stream("parity") };
  switch (golden.kind) {
    case "lstm":
      return new Lstm(session, { ...options, projectionSize });
    case "gru":
      return new Gru(session, options);
    case "rnn":
      return new Rnn(session, { ...options, activation });
    default:
      return golden.kind satisfies never;
  }
}

/** One state for each layer and direction as one tensor a name, `[layers * directions, batch, size]`, and back. */
const stacked = (states: readonly RecurrentState[], name: string) =>
  stack(
    states.map((state) => ({ ...state }) as Record<string, Tensor>).map((tensors) => tensors[name]!),
    0,
  );
function unstacked(tensors: Readonly<Record<string, Tensor>>): RecurrentState[] {
  const count = Object.values(tensors)[0]!.shape[0]!;
  return Array.from({ length: count }, (_, index) => {
    const parts = Object.entries(tensors).map(([name, x]) => [name, squeeze(slice(x, 0, index, index + 1), 0)]);
    return Object.fromEntries(parts) as RecurrentState;
  });
}

/** What the script computes, in the order in which it draws. */
function run(session: Session, golden: ParityCase) {
  const lcg = new Lcg(golden.seed);
  const layer = layerOf(session, golden);
  const parameters = layer.parameters();
  for (const parameter of parameters.values()) parameter.write(lcg.numbers(parameter.size));
  const { lengths, inputSize, hiddenSize } = golden;
  const batchSize = lengths.length;
  const rows = golden.numLayers * layer.directions;
  const x = lcg.draw(session, [batchSize, Math.max(...lengths), inputSize]);
  const sizes = { hiddenState: layer.stateSize, ...(golden.kind === "lstm" && { cellState: hiddenSize }) };
  const names = Object.keys(sizes);
  const initial = Object.fromEntries(
    golden.hasState
      ? Object.entries(sizes).map(([name, size]) => [name, lcg.draw(session, [rows, batchSize, size])])
      : [],
  );
  const initialState = golden.hasState ? unstacked(initial) : undefined;
  const { output, state } = layer.forward(x, { lengths: Int32Array.from(lengths), initialState });
  const results: Record<string, Tensor> = { output };
  for (const name of names) results[name] = stacked(state, name);
  const values = Object.entries(results).map(([name, tensor]) => [name, tensor.readSync()] as const);
  const loss = Object.values(results)
    .map((tensor) => sum(mul(tensor, session.tensor(lcg.numbers(tensor.size), tensor.shape))))
    .reduce(add);
  const gradients = backward(loss);
  const leaves: Record<string, Tensor> = { input: x, ...initial, ...Object.fromEntries(parameters) };
  return {
    results: Object.fromEntries(values),
    gradients: Object.fromEntries(
      Object.entries(leaves).map(([name, leaf]) => [name, denseGradient(gradients.get(leaf)!).readSync()]),
    ),
  };
}

test("the cases cover every kind with one to three layers in one direction and in both", () => {
  expect(cases.length).toBeGreaterThanOrEqual(40);
  const shapes = cases.map(({ kind, numLayers, bidirectional }) => `${kind} ${numLayers} ${bidirectional}`);
  expect(new Set(shapes).size).toBe(3 * 3 * 2);
  expect(cases.filter(({ projectionSize }) => projectionSize !== undefined).length).toBeGreaterThan(6);
  expect(cases.filter(({ lengths }) => new Set(lengths).size > 1).length).toBeGreaterThan(20);
  expect(new Set(cases.map(({ activation }) => activation)).size).toBe(3);
});

describe.each([
  // The numbers of the file have 9 digits; float32 adds its roundings of 6e-8.
  { backend: "reference", dtype: "float64", tolerance: 6e-9 },
  { backend: "auto", dtype: "float32", tolerance: 1e-5 },
] as const)("on $backend in $dtype", ({ backend, dtype, tolerance }) => {
  test.each(cases)("$kind $seed: $numLayers layers, both directions $bidirectional, equals PyTorch", async (golden) => {
    const session = await createSession({ backend, dtype });
    try {
      const got = run(session, golden);
      for (const part of ["results", "gradients"] as const) {
        expect(Object.keys(got[part])).toEqual(Object.keys(golden[part]));
        for (const [name, summary] of Object.entries(golden[part])) {
          expectSummary(`${part} of ${name}`, got[part][name]!, summary, tolerance);
        }
      }
    } finally {
      await session.dispose();
    }
  });
});

test("a wrong gradient is told from a right one", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const golden = cases.find(({ kind, numLayers }) => kind === "gru" && numLayers === 2)!;
  const { gradients } = run(session, golden);
  const wrong = gradients.weight_hh_l1!.map((value) => value * (1 + 1e-4));
  expect(() => expectSummary("weight_hh_l1", wrong, golden.gradients.weight_hh_l1!, 1e-5)).toThrow(
    "weight_hh_l1, element",
  );
});
