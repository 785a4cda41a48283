/** The layers of a config (a file, a `--set`, a flag): how one is laid over another. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { type Origin, pathId, type TracedValues } from "@cellstate/files/yaml";

/** Lays `over` on top of `base`; see {@link mergeValues} for what wins. */
export function mergeLayers(base: TracedValues, over: TracedValues): TracedValues {
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
export function setValue(base: TracedValues, path: readonly string[], value: unknown, origin: Origin): TracedValues {
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
