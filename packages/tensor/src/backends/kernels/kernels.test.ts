import { expect, test } from "vitest";
import { areCurrent } from "./kernels.ts";

test("kernels that were built from other sources are not current", () => {
  expect(areCurrent({})).toBe(false);
  expect(areCurrent({ kernel_interface: () => 1 })).toBe(false);
});
