/** Helpers for tests of this package and of those built on it: `@cellstate/tensor/testing`. */
export { checkGradients, type GradientCheckOptions } from "./check-gradients.ts";
export { toEqualTensorBits } from "./matchers.ts";
export { measurePeak } from "./peak.ts";
