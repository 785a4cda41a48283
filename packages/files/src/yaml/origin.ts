/** Values that know where each of them was written, so that a fault can be shown where it can be mended. */
import type { PlainMap } from "../plain-map.ts";
import { formatKeyPath, type KeyPath, pathId } from "./key-path.ts";

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The text with variables that stands there, where its value is made of them. */
  readonly variables?: string | undefined;
}

/** A place in a file, or how else a value was given: `--seed`, a whole file. */
export type Origin = Place | string;

/** `sentiment.yaml:12:3`, `--seed`. */
export function formatOrigin(origin: Origin): string {
  return typeof origin === "string" ? origin : `${origin.file}:${origin.line}:${origin.column}`;
}

/** Plain values and, by {@link pathId}, the origin of each key; the empty path is there always. */
export interface TracedValues {
  readonly values: PlainMap;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Where the value at `path` was written; else where something in it was, else the nearest map around it. */
export function originOf({ origins }: TracedValues, path: KeyPath): Origin {
  const exact = origins.get(pathId(path));
  if (exact !== undefined) return exact;
  const inside = `${pathId(path).slice(0, -1)},`;
  for (const [id, origin] of origins) if (path.length > 0 && id.startsWith(inside)) return origin;
  for (let length = path.length - 1; length >= 0; length--) {
    const origin = origins.get(pathId(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  throw new Error(`internal: no origin for ${formatKeyPath(path) || "the whole"}`);
}
