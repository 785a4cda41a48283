/** Checks of options that several metrics share. */
import { OptionError } from "@cellstate/tensor";

/** @throws {OptionError} unless `value` is an integer >= `least`, by default 1 */
export function requireCount(owner: string, name: string, value: number, least = 1): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new OptionError(owner, name, `an integer >= ${least}`, value);
  }
}

/** @throws {OptionError} unless `value` is a finite number > 0 */
export function requirePositive(owner: string, name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw new OptionError(owner, name, "a finite number > 0", value);
}

/** @throws {OptionError} unless `value` is one of the choices */
export function requireOneOf<T extends string>(
  owner: string,
  name: string,
  choices: readonly T[],
  value: string,
): void {
  if (!choices.includes(value as T)) throw new OptionError(owner, name, `one of ${choices.join(", ")}`, value);
}
