/** Initializers of the stacked weights of an LSTM: gates input, forget, candidate, output, one block of rows each. */
import { elementsOf, type Initializer } from "./initializer.ts";

/** Gates of an LSTM, in the order of their rows. */
export const gateNames = ["input", "forget", "candidate", "output"] as const;

/** Fills each gate's `[hiddenSize, columns]` block of a `[4 * hiddenSize, columns]` weight by itself. */
export function perGate(initializer: Initializer): Initializer {
  return (shape, stream) => {
    const [rows = 0, ...columns] = shape;
    const gateShape = [rows / gateNames.length, ...columns];
    const values = new Float64Array(elementsOf(shape));
    gateNames.forEach((gate, index) => {
      values.set(initializer(gateShape, stream.fork(gate)), index * elementsOf(gateShape));
    });
    return values;
  };
}

/**
 * A bias `[4 * hiddenSize]` of 1 for the forget gate and 0 elsewhere, so that a new cell remembers
 * (Jozefowicz, Zaremba & Sutskever 2015).
 */
export function forgetBias(hiddenSize: number): Initializer {
  return () => new Float64Array(gateNames.length * hiddenSize).fill(1, hiddenSize, 2 * hiddenSize);
}
