/** Refuses options that would be ignored, which TypeScript does not see in plain JavaScript. */
import { OptionError } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";

/** All options of an interface by name, so that none can be forgotten. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * @param owner  whose options they are, for the message
 * @param names  of type `OptionNames`
 * @throws {OptionError} naming the first option that is not among `names`, those that are, and the nearest of them; or what came in
 * place of options
 */
export function requireKnownOptions(owner: string, given: object, names: Readonly<Record<string, true>>): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new OptionError(owner, "options", "an object", Array.isArray(given) ? "a list" : given);
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const known = Object.keys(names);
  const near = nearestName(unknown, known);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new OptionError(owner, "options", `among ${known.join(", ")}`, `${unknown}${hint}`);
}
