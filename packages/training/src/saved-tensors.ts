/** Whether saved tensors are those of the model that is to go on with them. */
import type { Tensor, TensorData } from "@cellstate/tensor";
import { TrainingStateError } from "./errors.ts";

/** @throws {TrainingStateError} naming what is missing and what is unexpected */
export function requireSameNames(
  what: string,
  expected: ReadonlyMap<string, unknown>,
  got: ReadonlyMap<string, unknown>,
): void {
  const missing = [...expected.keys()].filter((name) => !got.has(name));
  const unexpected = [...got.keys()].filter((name) => !expected.has(name));
  if (missing.length === 0 && unexpected.length === 0) return;
  const faults = [...missing.map((name) => `missing: ${name}`), ...unexpected.map((name) => `unexpected: ${name}`)];
  throw new TrainingStateError(`${what}: the saved state belongs to another model; ${faults.join("; ")}`);
}

/** @throws {TrainingStateError} naming the first tensor of another shape or type */
export function requireSameTensors(
  what: string,
  expected: ReadonlyMap<string, Pick<Tensor, "shape" | "dtype">>,
  got: ReadonlyMap<string, TensorData>,
): void {
  for (const [name, tensor] of expected) {
    const { shape, dtype } = got.get(name)!;
    if (shape.join() !== tensor.shape.join() || dtype !== tensor.dtype) {
      throw new TrainingStateError(
        `${what} ${name}: expected ${tensor.dtype} [${tensor.shape.join(", ")}], got ${dtype} [${shape.join(", ")}]`,
      );
    }
  }
}
