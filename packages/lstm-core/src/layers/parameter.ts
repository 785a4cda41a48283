/** How a layer makes a parameter: an initializer's values as a tensor that asks for gradients. */
import { type OptionNames, type RandomStream, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { requireStream, StateDictError } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { requireWeights } from "../memory.ts";

export interface ParameterOptions {
  /** Names the stream that the first values are drawn from. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Of the layer; the parameter draws from `stream.fork(name)`, so that parameters do not depend on each other's order. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<ParameterOptions> = { name: true, shape: true, initializer: true, stream: true };

/** Sessions in which models are being built whose weights will be loaded, with the elements that may still be made. */
const blankSessions = new WeakMap<Session, number>();

/** A trainable tensor with its first values. @throws {OptionError} if so many cannot lie in memory */
export function makeParameter(session: Session, options: ParameterOptions): Tensor {
  requireKnownOptions("makeParameter", options, optionNames);
  const { name, shape, initializer, stream } = options;
  const elementsLeft = blankSessions.get(session);
  if (elementsLeft !== undefined) return blankParameter(session, name, shape, elementsLeft);
  requireStream(name, stream);
  requireWeights(name, shape);
  return session.tensor(initializer(shape, stream.fork(name), session), shape, { requiresGrad: true });
}

function blankParameter(session: Session, name: string, shape: readonly number[], elementsLeft: number): Tensor {
  const left = elementsLeft - shape.reduce((size, extent) => size * extent, 1);
  if (!(left >= 0)) {
    throw new StateDictError([`the module has more elements than were saved, as of ${name} [${shape.join(", ")}]`]);
  }
  blankSessions.set(session, left);
  return session.zeros(shape, { requiresGrad: true });
}

/**
 * Runs `build`, whose layers start at zero instead of drawing first values: for a model whose saved weights are loaded next,
 * where drawing millions of numbers would take longer than the answer. Within another one, the bounds of both hold.
 *
 * @param build        makes the model on `session`, synchronously
 * @param maxElements  how many numbers were saved; a model that needs more is refused before it takes memory. Default: no bound
 * @throws {StateDictError} if the model needs more
 */
export function buildBlank<T>(session: Session, build: () => T, maxElements = Number.POSITIVE_INFINITY): T {
  const outer = blankSessions.get(session);
  const bound = Math.min(maxElements, outer ?? Number.POSITIVE_INFINITY);
  blankSessions.set(session, bound);
  try {
    return build();
  } finally {
    const left = blankSessions.get(session)!;
    if (outer === undefined) blankSessions.delete(session);
    else if (outer !== Number.POSITIVE_INFINITY) blankSessions.set(session, outer - (bound - left));
    else blankSessions.set(session, outer);
  }
}
