/** How a layer makes a parameter: an initializer's values as a tensor that asks for gradients. */
import type { RandomStream, Session, Tensor } from "@cellstate/tensor";
import type { Initializer } from "../initializers/initializer.ts";

export interface ParameterOptions {
  /** Names the stream that the first values are drawn from. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Of the layer; the parameter draws from `stream.fork(name)`, so that parameters do not depend on each other's order. */
  readonly stream: RandomStream;
}

/** Sessions in which models are being built whose weights will be loaded. */
const blankSessions = new WeakSet<Session>();

/** A trainable tensor with its first values. */
export function makeParameter(session: Session, { name, shape, initializer, stream }: ParameterOptions): Tensor {
  if (blankSessions.has(session)) return session.zeros(shape, { requiresGrad: true });
  return session.tensor(initializer(shape, stream.fork(name)), shape, { requiresGrad: true });
}

/**
 * Runs `build`, whose layers start at zero instead of drawing first values: for a model whose saved weights are loaded next,
 * where drawing millions of numbers would take longer than the answer.
 *
 * @param build  makes the model on `session`, synchronously
 */
export function buildBlank<T>(session: Session, build: () => T): T {
  blankSessions.add(session);
  try {
    return build();
  } finally {
    blankSessions.delete(session);
  }
}
