/** Initializers of stacked weights: one block of rows for each gate. */
import { elementsOf, type Initializer } from "./initializer.ts";

/** Gates of an LSTM, in the order of their rows. */
export const lstmGates = ["input", "forget", "candidate", "output"] as const;

/** Gates of a GRU, in the order of their rows. */
export const gruGates = ["reset", "update", "candidate"] as const;

/** An initializer that fills blocks of rows, each by itself. */
interface BlockInitializer extends Initializer {
  /** Fills the same blocks by another one. */
  readonly cutLike: (initializer: Initializer) => Initializer;
}

/** An initializer that leaves it to a layer which blocks of rows it fills. */
interface UncutInitializer extends Initializer {
  readonly uncut: Initializer;
}

/** Fills each gate's `[hiddenSize, columns]` block of a `[gates * hiddenSize, columns]` weight by itself. Default: an LSTM's. */
export function perGate(initializer: Initializer, gates: readonly string[] = lstmGates): Initializer {
  const fill: Initializer = (shape, stream, session) => {
    const [rows = 0, ...columns] = shape;
    const gateShape = [rows / gates.length, ...columns];
    const values = new Float64Array(elementsOf(shape));
    gates.forEach((gate, index) => {
      values.set(initializer(gateShape, stream.fork(gate), session), index * elementsOf(gateShape));
    });
    return values;
  };
  const cutLike = (other: Initializer) => perGate(inBlocksOf(initializer, other), gates);
  return Object.assign(fill, { cutLike }) satisfies BlockInitializer;
}

/**
 * For a layer's `initializers`: fills each gate by itself where the layer's own first values do, such as `eachGate(orthogonal)`, which
 * for recurrent weights is the default.
 */
export function eachGate(initializer: Initializer): Initializer {
  const whole: Initializer = (shape, stream, session) => initializer(shape, stream, session);
  return Object.assign(whole, { uncut: initializer }) satisfies UncutInitializer;
}

/** What fills a weight in place of the layer's own initializer: as a whole, or if `eachGate` made it, in the blocks of that one. */
export function inPlaceOf(own: Initializer, given: Initializer): Initializer {
  return "uncut" in given ? inBlocksOf(own, (given as UncutInitializer).uncut) : given;
}

function inBlocksOf(own: Initializer, given: Initializer): Initializer {
  return "cutLike" in own ? (own as BlockInitializer).cutLike(given) : given;
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
