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
 * A bias `[gates * hiddenSize]` of 1 for the forget gate and 0 elsewhere, so that a new cell remembers
 * (Jozefowicz, Zaremba & Sutskever 2015).
 *
 * @param gates  names of the blocks of rows, one of them `forget`. Default: an LSTM's
 */
export function forgetBias(hiddenSize: number, gates: readonly string[] = lstmGates): Initializer {
  const forget = gates.indexOf("forget");
  return () => new Float64Array(gates.length * hiddenSize).fill(1, forget * hiddenSize, (forget + 1) * hiddenSize);
}
