/** One layer of a config (a file, a `--set`, a flag): its values and where each of them was written. */
import { formatKeyPath, isPlainMap, type KeyPath, type PlainMap, pathId } from "./key-path.ts";

/** Where a value was written, as people read it: `sentiment.yaml:12:3`, `--set training.epochs=2`, `--seed`. */
export type Origin = string;

/** Plain values and, by path, the origin of each key. */
export interface Layer {
  readonly values: PlainMap;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Lays `over` on top of `base`; see {@link mergeValues} for what wins. */
export function mergeLayers(base: Layer, over: Layer): Layer {
  const values = mergeValues(base.values, over.values) as PlainMap;
  const origins = new Map([...base.origins, ...over.origins]);
  return { values, origins };
}

/**
 * Maps merge key by key; anything else is replaced.
 *
 * A map whose `kind` changes is replaced as a whole, since the options of one kind mean nothing to another; so is one
 * that names a `file` where the other had a `kind`, or the other way about.
 */
function mergeValues(base: unknown, over: unknown): unknown {
  if (!isPlainMap(base) || !isPlainMap(over)) return over;
  const [before, after] = [kindOf(base), kindOf(over)];
  if (before !== undefined && after !== undefined && before !== after) return over;
  const merged: PlainMap = { ...base };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(base, key) ? mergeValues(base[key], value) : value;
  }
  return merged;
}

function kindOf(map: PlainMap): unknown {
  if (Object.hasOwn(map, "kind")) return map.kind;
  return Object.hasOwn(map, "file") ? "file" : undefined;
}

/** Sets one key path, making the maps on the way; whatever stood there is replaced. */
export function setValue(base: Layer, path: readonly string[], value: unknown, origin: Origin): Layer {
  const values: PlainMap = { ...base.values };
  let map = values;
  for (const key of path.slice(0, -1)) {
    const inner: PlainMap = isPlainMap(map[key]) ? { ...map[key] } : {};
    map[key] = inner;
    map = inner;
  }
  map[path.at(-1)!] = value;
  const prefix = pathId(path).slice(0, -1);
  const kept = [...base.origins].filter(([id]) => !(id.startsWith(`${prefix},`) || id === `${prefix}]`));
  return { values, origins: new Map([...kept, [pathId(path), origin]]) };
}

/** Where the value at `path` was written; else where something in it was, else the nearest map around it. */
export function originOf(layer: Layer, path: KeyPath): Origin {
  const exact = layer.origins.get(pathId(path));
  if (exact !== undefined) return exact;
  const inside = `${pathId(path).slice(0, -1)},`;
  for (const [id, origin] of layer.origins) if (path.length > 0 && id.startsWith(inside)) return origin;
  for (let length = path.length - 1; length >= 0; length--) {
    const origin = layer.origins.get(pathId(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  throw new Error(`internal: no origin for ${formatKeyPath(path) || "the config"}`);
}
