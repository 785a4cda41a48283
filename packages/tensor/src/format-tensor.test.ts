import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createSession } from "./index.ts";

const session = await createSession({ backend: "reference" });

test("a tensor shows type, shape and elements where it is printed", () => {
  const tensor = session.tensor([1, -0, 0.1, Infinity, NaN, 1e-30], [2, 3]);
  const text = "Tensor(float32[2, 3]) [[1, -0, 0.1],\n [Infinity, NaN, 1e-30]]";
  expect(inspect(tensor)).toBe(text);
  expect(`${tensor}`).toBe(text);
  expect(inspect({ tensor })).toContain("Tensor(float32[2, 3]) [[1, -0, 0.1],");
});

test.each([
  [[], [7], "Tensor(int32[]) 7"],
  [[0], [], "Tensor(int32[0]) []"],
  [[2, 0], [], "Tensor(int32[2, 0]) [[],\n []]"],
  [[2, 1, 2], [1, 2, 3, 4], "Tensor(int32[2, 1, 2]) [[[1, 2]],\n\n [[3, 4]]]"],
])("shape %j", (shape, data, text) => {
  expect(String(session.tensor(data, shape, { dtype: "int32" }))).toBe(text);
});

test("a large tensor shows its edges", () => {
  const data = Float32Array.from({ length: 10_000 }, (_, index) => index);
  expect(String(session.tensor(data, [10_000]))).toBe("Tensor(float32[10000]) [0, 1, 2, ..., 9997, 9998, 9999]");
  const lines = String(session.tensor(data, [100, 100])).split("\n");
  expect(lines).toHaveLength(7);
  expect(lines[1]).toBe(" [100, 101, 102, ..., 197, 198, 199],");
});

test("a tensor whose elements are gone says so instead of throwing", () => {
  const scope = session.scope();
  const tensor = session.tensor([1], [1]);
  scope[Symbol.dispose]();
  expect(inspect(tensor)).toBe("Tensor(float32[1], freed)");
});

test("a session shows what it computes on", () => {
  expect(inspect(session)).toBe("Session(reference, float32, 1 thread)");
});
