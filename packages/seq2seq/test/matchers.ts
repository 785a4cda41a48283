/** Adds the matcher that compares tensors to the bit. */
import type { Tensor } from "@cellstate/tensor";
import { toEqualTensorBits } from "@cellstate/tensor/testing";
import { expect } from "vitest";

declare module "vitest" {
  // The type parameters must repeat those of vitest's own declaration.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    toEqualTensorBits(expected: Tensor | ArrayLike<number>): T extends never ? never : R;
  }
}

expect.extend({ toEqualTensorBits });
