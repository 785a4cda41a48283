/** A matcher that compares tensors by bits: NaNs are equal to each other, +0 and -0 are not. */
import { Tensor } from "../tensor.ts";

type Values = ArrayLike<number>;

function valuesOf(value: Tensor | Values): Values {
  return value instanceof Tensor ? value.readSync() : value;
}

/** For `expect.extend({ toEqualTensorBits })`; takes tensors or typed arrays. */
export function toEqualTensorBits(
  received: Tensor | Values,
  expected: Tensor | Values,
): { pass: boolean; message: () => string } {
  const [got, want] = [valuesOf(received), valuesOf(expected)];
  if (got.length !== want.length) {
    return { pass: false, message: () => `expected ${want.length} elements, got ${got.length}` };
  }
  for (let i = 0; i < got.length; i++) {
    if (!Object.is(got[i], want[i])) {
      return { pass: false, message: () => `element ${i}: expected ${shown(want[i])}, got ${shown(got[i])}` };
    }
  }
  return { pass: true, message: () => "expected tensors to differ in some bit" };
}

/** With the sign of a zero. */
function shown(value: number | undefined): string {
  return Object.is(value, -0) ? "-0" : `${value}`;
}
