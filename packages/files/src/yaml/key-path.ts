/** Key paths into plain values: `["data", "train"]` in code, `data.train` to people. */

export type KeyPath = readonly (string | number)[];

/** `["splits", 0, "file"]` as `splits[0].file`. */
export function formatKeyPath(path: KeyPath): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? key : `.${key}`;
  }
  return text;
}

/** The key of a path in a map; no text of a key can make two paths collide. */
export function pathId(path: KeyPath): string {
  return JSON.stringify(path);
}

/** The value at a path, `undefined` where the path leads nowhere. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
