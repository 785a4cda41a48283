/** Maps of plain data, as YAML and JSON give them. */

export type PlainMap = { [key: string]: unknown };

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
