/** Every error that this package throws on purpose, beside those of the packages below it. */
import { OptionError } from "@cellstate/tensor";

/** A model was used before it could be, or its layers do not fit together; the message says what to call or change. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** Inputs, targets or weights of examples do not fit the model or each other; the message names which, and where in it. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** @throws {OptionError} unless the option is left out or an integer of at least 1 */
export function requireCount(owner: string, option: string, value: unknown): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 1))
    throw new OptionError(owner, option, "an integer >= 1", value);
}
