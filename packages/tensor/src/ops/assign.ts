/** In-place assignment: what an optimizer composed of small ops ends with. */
import { needsGrad } from "../autograd/tape.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Copies the elements of `value`, bit for bit, into `target`: a parameter or the state of an optimizer. Nothing is recorded and
 * no gradient flows, so call it when `backward` is done with the old elements.
 *
 * @param target  changed in place
 * @param value   of the shape and element type of `target`; unchanged
 * @throws {ShapeError} if the shapes differ
 * @throws {DTypeError} if the element types differ
 * @throws {SessionError} if the tensors belong to two sessions
 */
export function assign(target: Tensor, value: Tensor): void {
  if (!sameShape(target.shape, value.shape)) {
    throw new ShapeError("assign", `a value of the target's shape [${target.shape.join(", ")}]`, value.shape);
  }
  if (target.dtype !== value.dtype) throw new DTypeError("assign", `${target.dtype} like the target`, value.dtype);
  needsGrad([target, value]); // one session
  target.session.backend.assign(target.storage, value.storage);
}
