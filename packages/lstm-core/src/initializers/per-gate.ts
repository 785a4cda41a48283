/** Initializers of stacked weights: one block of rows for each gate. */
import { elementsOf, type Initializer } from "./initializer.ts";

/** Gates of an LSTM, in the order of their rows. */
export const lstmGates = ["input", "forget", "candidate", "output"] as const;

/** Gates of a GRU, in the order of their rows. */
export const gruGates = ["reset", "update", "candidate"] as const;

/** Fills each gate's `[hiddenSize, columns]` block of a `[gates * hiddenSize, columns]` weight by itself. Default: an LSTM's. */
export function perGate(initializer: Initializer, gates: readonly string[] = lstmGates): Initializer {
  return (shape, stream, session) => {
    const [rows = 0, ...columns] = shape;
    const gateShape = [rows / gates.length, ...columns];
    const values = new Float64Array(elementsOf(shape));
    gates.forEach((gate, index) => {
      values.set(initializer(gateShape, stream.fork(gate), session), index * elementsOf(gateShape));
    });
    return values;
  };
}

/**
 * An LSTM's bias `[4 * hiddenSize]` of 1 for the forget gate and 0 elsewhere, so that a new cell remembers
 * (Jozefowicz, Zaremba & Sutskever 2015).
 */
export function forgetBias(hiddenSize: number): Initializer {
  return () => new Float64Array(lstmGates.length * hiddenSize).fill(1, hiddenSize, 2 * hiddenSize);
}
