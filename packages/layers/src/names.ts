/** Names as people write them: Keras's `binary_crossentropy` and `binaryCrossentropy` are the same, and a typo is told the nearest. */
import { nearestName, OptionError } from "@cellstate/tensor";

/** `return_sequences` as `returnSequences`; a name without underscores stays as it is. */
export function camelCase(name: string): string {
  return name.replaceAll(/(?<=[a-zA-Z0-9])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `MaxPooling1D` as `max_pooling1d`: how Keras calls a layer that has no name of its own. */
export function snakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z0-9]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/**
 * The entry of a closed list that `given` names, in either spelling or by an alias.
 *
 * @param owner    who asks, and for which option, for the message
 * @param aliases  other names of entries
 * @throws {OptionError} if there is none, with all names and the nearest one
 */
export function findByName<Entry>(
  owner: string,
  option: string,
  entries: Readonly<Record<string, Entry>>,
  given: string,
  aliases: Readonly<Record<string, string>> = {},
): Entry {
  const camel = camelCase(String(given));
  const name = Object.hasOwn(aliases, camel) ? aliases[camel]! : camel;
  if (Object.hasOwn(entries, name)) return entries[name]!;
  const names = Object.keys(entries);
  const near = nearestName(String(given), [...names, ...Object.keys(aliases)]);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new OptionError(owner, option, `one of ${names.join(", ")}`, `${String(given)}${hint}`);
}
