import { expect, test } from "vitest";
import { lstmFlops, productFlops } from "./flops.ts";

test("a product is one multiplication and one addition for each term", () => {
  expect(productFlops({ m: 2, k: 3, n: 4 })).toBe(48);
});

test("a forward and backward pass of an LSTM is three times its forward products", () => {
  const sizes = { batch: 2, time: 5, inputSize: 3, hiddenSize: 4, numLayers: 1, bidirectional: false };
  const forward = productFlops({ m: 10, k: 3, n: 16 }) + productFlops({ m: 10, k: 4, n: 16 });
  expect(lstmFlops(sizes)).toBe(3 * forward);
  expect(lstmFlops({ ...sizes, bidirectional: true })).toBe(6 * forward);
});

test("a second layer reads the output of the first, in both directions", () => {
  const sizes = { batch: 1, time: 1, inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true };
  expect(lstmFlops(sizes)).toBe(3 * 2 * 16 * 2 * (3 + 4 + 8 + 4));
});
