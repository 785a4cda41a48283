/** Recurrent layers without some or all of their biases. */
import type { Session } from "@cellstate/tensor";
import type { MakeWeight } from "./recurrent-kind.ts";

export interface BiasOptions {
  /** Whether biases are added and learned. Default true. */
  readonly bias?: boolean | undefined;
}

/** Names of all weights that are biases. */
export const biasNames = ["bias_ih", "bias_hh", "bias_cell"] as const;

/** Makes weights as `make` does, but zeros that nobody learns or saves in the place of those biases. */
export function withoutBias(
  session: Session,
  make: MakeWeight,
  names: readonly (typeof biasNames)[number][],
): MakeWeight {
  const left = new Set<string>(names);
  return (name, shape, initializer) => (left.has(name) ? session.zeros(shape) : make(name, shape, initializer));
}
