import { readFileSync } from "node:fs";
import {
  add,
  backward,
  createSession,
  denseGradient,
  embedding,
  type Gradients,
  mul,
  type Session,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { expect, test } from "vitest";
import { TrainingStateError } from "../errors.ts";
import { type Clipping, clipGradients } from "./clip-gradients.ts";
import type { ClipOptions } from "./clips.ts";

type Values = Record<string, number[]>;

// Made by test/golden/make_clipping_golden.py with PyTorch 2.13 in float64.
const golden = JSON.parse(readFileSync(new URL("../../test/golden/clipping.json", import.meta.url), "utf8")) as {
  readonly shapes: Record<string, number[]>;
  readonly weights: Values;
  readonly gradients: Values;
  readonly norm: number;
  readonly clipped: Record<string, Values>;
};

const cases: Record<string, Clipping> = {
  value: { clip: { kind: "value", limit: 0.04 }, clipNorm: null },
  norm: { clip: { kind: "norm", limit: 0.3 }, clipNorm: null },
  adaptive: { clip: { kind: "adaptive", ratio: 0.05 }, clipNorm: null },
  global: { clipNorm: 0.5 },
};

/** Parameters, and gradients of which each is `factor` times the golden one. */
function problem(session: Session, factor = 1) {
  const parameters = new Map(
    Object.entries(golden.weights).map(([name, values]) => [
      name,
      session.tensor(values, golden.shapes[name]!, { requiresGrad: true }),
    ]),
  );
  const terms = [...parameters].map(([name, parameter]) => {
    const wanted = golden.gradients[name]!.map((value) => value * factor);
    return sum(mul(parameter, session.tensor(wanted, parameter.shape)));
  });
  return { parameters, gradients: backward(terms.reduce((total, term) => add(total, term))) };
}

/** The gradients as the optimizer sees them. */
function scaled(gradients: Gradients, parameters: ReadonlyMap<string, Tensor>, scale: number): Values {
  const read = (parameter: Tensor) =>
    [...denseGradient(gradients.get(parameter)!).readSync()].map((value) => value * scale);
  return Object.fromEntries([...parameters].map(([name, parameter]) => [name, read(parameter)]));
}

test.each(Object.entries(cases))(
  "%s clips as PyTorch or as in the paper, also sums of several batches",
  async (name, clipping) => {
    const session = await createSession({ backend: "reference", dtype: "float64" });
    for (const factor of [1, 4]) {
      using _ = session.scope();
      const { parameters, gradients } = problem(session, factor);
      const clipped = clipGradients(gradients, parameters, clipping, 1 / factor);
      expect(clipped.norm).toBeCloseTo(golden.norm, 12);
      const got = scaled(clipped.gradients, parameters, clipped.scale);
      for (const [key, values] of Object.entries(golden.clipped[name]!)) {
        // PyTorch adds 1e-6 to norms that it divides by.
        values.forEach((value, i) => void expect(Math.abs(got[key]![i]! - value), `${key}[${i}]`).toBeLessThan(1e-6));
      }
    }
  },
);

test("clipNorm bounds what clip has left", async () => {
  const session = await createSession({ backend: "reference", dtype: "float64" });
  const { parameters, gradients } = problem(session);
  const clipped = clipGradients(gradients, parameters, { clip: { kind: "norm", limit: 0.3 }, clipNorm: 0.1 });
  const all = Object.values(scaled(clipped.gradients, parameters, clipped.scale)).flat();
  expect(Math.hypot(...all)).toBeCloseTo(0.1, 12);
});

test.each(Object.values(cases))(
  "rows of a table are clipped like the whole table, and stay rows: %o",
  async (clipping) => {
    const session = await createSession({ backend: "reference" });
    using _ = session.scope();
    const table = session.tensor([3, 4, 0.5, 0, 1, 2], [3, 2], { requiresGrad: true });
    const factors = session.tensor([0, 0, 5, -1, 0.01, 0], [3, 2]);
    const ids = session.tensor([2, 1], [2], { dtype: "int32" });
    const parameters = new Map([["table", table]]);
    const dense = clipGradients(backward(sum(mul(table, factors))), parameters, clipping);
    const looked = backward(sum(mul(embedding(table, ids), embedding(factors, ids))));
    const sparse = clipGradients(looked, parameters, clipping);
    expect(sparse.gradients.get(table)!.kind).toBe("sparse");
    expect(scaled(sparse.gradients, parameters, sparse.scale)).toEqual(
      scaled(dense.gradients, parameters, dense.scale),
    );
  },
);

test("wasm clips with the bits of the reference", async () => {
  const run = async (backend: "reference" | "wasm") => {
    const session = await createSession({ backend });
    const { parameters, gradients } = problem(session);
    return Object.values(cases).map((clipping) => {
      const clipped = clipGradients(gradients, parameters, clipping, 0.3);
      return [scaled(clipped.gradients, parameters, 1), clipped.scale, clipped.norm];
    });
  };
  expect(await run("wasm")).toEqual(await run("reference"));
});

test("an option that is unknown or out of range is refused", async () => {
  const session = await createSession({ backend: "reference" });
  const { parameters, gradients } = problem(session);
  const clip = (options: object) => () =>
    clipGradients(gradients, parameters, { clip: options as ClipOptions, clipNorm: null });
  expect(clip({ kind: "value", limit: 0 })).toThrow(TrainingStateError);
  expect(clip({ kind: "value", limit: 0 })).toThrow("value: expected limit to be a number > 0, got 0");
  expect(clip({ kind: "agc" })).toThrow('clip: expected kind to be one of value, norm, adaptive, got "agc"');
});
