/** JSON files that carry a `formatVersion`: newer ones are refused by name. */

/** The version of all JSON files of a saved model that this code reads and writes. */
export const MODEL_FORMAT_VERSION = 1;

/** What a file holds, or what is wrong with it. */
export type Versioned =
  | { readonly value: Readonly<Record<string, unknown>>; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string };

/**
 * Parses a JSON object and checks its `formatVersion`.
 *
 * @param newest  the newest version that the caller reads; versions count from 1
 */
export function parseVersioned(text: string, newest: number): Versioned {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "is not whole JSON; the file is damaged" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { fault: "must be a JSON object; the file is damaged" };
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const version = fields.formatVersion;
  if (typeof version === "number" && version > newest) return { fault: newerFault(version, newest) };
  if (!Number.isInteger(version) || Number(version) < 1) {
    return { fault: `must have formatVersion ${newest}, got ${String(version)}` };
  }
  return { value: fields };
}

/** The words for a file of a newer version. */
export function newerFault(version: number, newest: number): string {
  return `formatVersion ${version} is newer than ${newest}, the newest that this Cellstate reads; update Cellstate`;
}
