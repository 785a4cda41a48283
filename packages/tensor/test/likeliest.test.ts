/** The likeliest class of an output layer: what its composition gives, on every backend, also where rounding makes classes equal. */
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { type Build, comparison, hostile, onEveryBackend } from "./every-backend.ts";

const sessions = onEveryBackend();
const { agree, forShapes } = comparison(sessions);
const withHostile = comparison(sessions, hostile);

/** The definition in terms of other ops. */
function composed(x: t.Tensor, weight: t.Tensor, { bias, excluded = [] }: t.LikeliestOptions = {}): number[] {
  const k = excluded.length + 1;
  const indices = [...t.topK(t.logSoftmax(t.linear(x, weight, bias)), k).indices.readSync()];
  return Array.from(
    { length: x.shape[0]! },
    (_, row) => indices.slice(row * k, (row + 1) * k).find((id) => !excluded.includes(id))!,
  );
}

/** Fails on the session where the op and its definition differ. */
function chosen(x: t.Tensor, weight: t.Tensor, options: t.LikeliestOptions = {}): t.Tensor {
  const ids = t.likeliest(x, weight, options);
  expect([...ids.readSync()], x.session.backendText).toEqual(composed(x, weight, options));
  return ids;
}

const anyOf =
  ([rows, classes, features]: readonly number[]): Build =>
  (_session, make) => {
    const [x, weight, bias] = [make([rows!, features!]), make([classes!, features!]), make([classes!])];
    const excluded = classes! > 3 ? [0, 2, classes! - 1] : [];
    return [chosen(x, weight), chosen(x, weight, { bias, excluded }), chosen(x, t.mul(weight, 0.5), { bias })];
  };

test("every backend chooses what the composition chooses", () => {
  forShapes([5, 70, 40], anyOf, 20);
  agree(1, anyOf([1, 700, 600]));
  agree(2, anyOf([4, 1030, 257]));
});

test("the same of numbers at the edges of float32, infinities and NaN", () => {
  withHostile.forShapes([4, 30, 40], anyOf, 20);
});

/** Rows that differ from one another by a few roundings, in an order that rises, falls, and repeats. */
const nearTies =
  (step: number): Build =>
  (session, make) => {
    const [classes, features] = [60, 48];
    const [x, base] = [make([3, features]), make([features], 0.3).readSync()];
    const rows = Array.from({ length: classes }, (_, id) => {
      const factor = 1 + step * ((id * 7) % 11);
      return Array.from(base, (value) => Math.fround(value * factor));
    });
    const weight = session.tensor(rows.flat(), [classes, features], { requiresGrad: true });
    return [
      chosen(x, weight),
      chosen(x, weight, { excluded: [0, 3, 11] }),
      chosen(session.zeros([2, features]), weight),
    ];
  };

test("of classes that are equal, or become equal in rounding, the first is chosen", () => {
  for (const step of [0, 1e-7, 3e-7, 1e-6, 1e-5, 1e-3]) agree(3, nearTies(step));
});

test("rounding makes classes equal whose logits are not, in this very test", async () => {
  const session = await t.createSession({ backend: "reference" });
  const [weight, bias] = [session.tensor([1, 1], [2, 1]), session.tensor([0, 0], [2])];
  const others = session.tensor(new Float32Array(1000).fill(0.99), [1000, 1]);
  bias.write([2 ** -24, 2 ** -23]);
  const all = { weight: t.concat([weight, others], 0), bias: t.concat([bias, session.zeros([1000])], 0) };
  const x = session.tensor([0.25], [1, 1]);
  expect([...t.argMax(t.linear(x, all.weight, all.bias)).readSync()]).toEqual([1]);
  expect([...t.likeliest(x, all.weight, { bias: all.bias }).readSync()]).toEqual([0]);
  for (const other of sessions) {
    const [w, b, given] = [all.weight, all.bias, x].map((from) =>
      other.tensor(from.readSync(), from.shape, { requiresGrad: true }),
    );
    expect([...t.likeliest(given!, w!, { bias: b! }).readSync()], other.backendText).toEqual([0]);
  }
});

test("a weight that is written is looked at anew", () => {
  for (const session of sessions) {
    using _ = session.scope();
    const weight = session.tensor([1, 0, 0, 1, -1, -1], [3, 2], { requiresGrad: true });
    const x = session.tensor([2, 1], [1, 2]);
    expect([...t.likeliest(x, weight).readSync()]).toEqual([0]);
    weight.write([0, 0, 0, 1, 5, 5]);
    expect([...t.likeliest(x, weight).readSync()]).toEqual([2]);
  }
});

test("what does not fit is named", async () => {
  const session = await t.createSession({ backend: "reference" });
  const [x, weight] = [session.zeros([2, 3]), session.zeros([4, 3])];
  expect(() => t.likeliest(session.zeros([3]), weight)).toThrow(
    "likeliest: expected x of shape [rows, features], got [3]",
  );
  expect(() => t.likeliest(x, session.zeros([4, 2]))).toThrow(
    "likeliest: expected a weight of shape [classes, 3] with at least one class, got [4, 2]",
  );
  expect(() => t.likeliest(x, weight, { bias: session.zeros([3]) })).toThrow("expected a bias of shape [4], got [3]");
  expect(() => t.likeliest(x, weight, { excluded: [4] })).toThrow(
    "likeliest: expected excluded classes in [0, 4), got 4",
  );
  expect(() => t.likeliest(x, weight, { excluded: [1, 1] })).toThrow("fewer than 4 excluded classes, each once");
  expect(() => t.likeliest(x, weight, { excluded: [0, 1, 2, 3] })).toThrow("got 0, 1, 2, 3");
});
