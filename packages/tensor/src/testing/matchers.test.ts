import { expect, test } from "vitest";
import { toEqualTensorBits } from "./matchers.ts";

test("tells zeros of both signs apart and says which one came", () => {
  expect(toEqualTensorBits([NaN, -0], [NaN, -0]).pass).toBe(true);
  const { pass, message } = toEqualTensorBits([1, -0], [1, 0]);
  expect(pass).toBe(false);
  expect(message()).toBe("element 1: expected 0, got -0");
});
