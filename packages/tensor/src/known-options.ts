/** Refuses options that would be ignored, which TypeScript does not see in plain JavaScript. */
import { OptionError } from "./errors.ts";

/** All options of an interface by name, so that none can be forgotten. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * @param owner  whose options they are, for the message
 * @param names  of type `OptionNames`
 * @throws {OptionError} naming the first option that is not among `names`, and those that are
 */
export function requireKnownOptions(owner: string, given: object, names: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(names, name)) {
      throw new OptionError(owner, "options", `among ${Object.keys(names).join(", ")}`, name);
    }
  }
}
