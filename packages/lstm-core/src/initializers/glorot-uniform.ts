/** Uniform weights whose range keeps the variance of signals and gradients alike (Glorot & Bengio 2010, equation 16). */
import type { Initializer } from "./initializer.ts";
import { uniform } from "./initializer.ts";

/** Uniform in ±sqrt(6 / (inputSize + outputSize)) for a weight `[outputSize, inputSize]`. */
export const glorotUniform: Initializer = (shape, stream, session) => {
  const [outputSize = 1, inputSize = 1] = shape;
  const bound = Math.sqrt(6 / (inputSize + outputSize));
  return uniform(-bound, bound)(shape, stream, session);
};
