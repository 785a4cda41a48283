/** How a layer makes a parameter: an initializer's values as a tensor that asks for gradients. */
import type { RandomStream, Session, Tensor } from "@cellstate/tensor";
import type { Initializer } from "../initializers/initializer.ts";

/** A trainable tensor; `stream.fork(name)` draws its values, so that parameters do not depend on each other's order. */
export function makeParameter(
  session: Session,
  options: { name: string; shape: readonly number[]; initializer: Initializer; stream: RandomStream },
): Tensor {
  const values = options.initializer(options.shape, options.stream.fork(options.name));
  return session.tensor(values, options.shape, { requiresGrad: true });
}
