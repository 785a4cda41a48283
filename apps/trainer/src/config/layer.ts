/** The layers of a config (a file, a `--set`, a flag): how one is laid over another. */
import { dirname, join } from "node:path";
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { type Origin, originOf, pathId, type TracedValues } from "@cellstate/files/yaml";
import { isCardPath } from "./file-paths.ts";

/** Keys of `data` that say nothing of where the data come from; they outlive a change of it. */
const KEPT_OF_DATA = ["seed", "maxExamples", "shuffleBuffer"];

/** Keys of `data` that name the files of a split. */
const SPLITS = ["train", "dev", "test"];

/** Lays `over` on top of `base`; see {@link mergeValues} for what wins. */
export function mergeLayers(base: TracedValues, over: TracedValues): TracedValues {
  const below = withoutReplacedFiles(withoutReplacedSource(base, over), over.values);
  const values = mergeValues(below.values, over.values) as PlainMap;
  const origins = new Map([...below.origins, ...over.origins]);
  return { values, origins };
}

/**
 * The lower layer without what it says of its data, where the upper one takes its data from elsewhere: from own files instead of
 * a dataset, from a dataset instead of own files, or from another dataset. Files, columns and splits of the one mean nothing to
 * the other. Own files over own files are replaced one by one.
 */
export function withoutReplacedSource(base: TracedValues, over: TracedValues): TracedValues {
  const [before, after] = [sourceOf(base), sourceOf(over)];
  const { data } = base.values;
  if (before === undefined || after === undefined || before === after || !isPlainMap(data)) return base;
  const kept = Object.fromEntries(Object.entries(data).filter(([key]) => KEPT_OF_DATA.includes(key)));
  const origins = [...base.origins].filter(([id]) => {
    const [section, key] = JSON.parse(id) as (string | number)[];
    return section !== "data" || key === undefined || KEPT_OF_DATA.includes(String(key));
  });
  return { values: { ...base.values, data: kept }, origins: new Map(origins) };
}

/** The lower layer without the files of a split that the upper one names, too: a map of files is one thing, as a list is. */
function withoutReplacedFiles(base: TracedValues, { data: over }: PlainMap): TracedValues {
  const { data } = base.values;
  if (!isPlainMap(data) || !isPlainMap(over)) return base;
  const isReplaced = (key: unknown) => SPLITS.includes(String(key)) && over[String(key)] !== undefined;
  const kept = Object.fromEntries(Object.entries(data).filter(([key]) => !isReplaced(key)));
  const origins = [...base.origins].filter(([id]) => {
    const [section, key] = JSON.parse(id) as (string | number)[];
    return section !== "data" || !isReplaced(key);
  });
  return { values: { ...base.values, data: kept }, origins: new Map(origins) };
}

/** What stands for where the data come from: a dataset by its name or its path, or own files. */
function sourceOf(layer: TracedValues): string | undefined {
  const { data } = layer.values;
  if (!isPlainMap(data)) return undefined;
  if (data.dataset === undefined) return data.train === undefined ? undefined : "files";
  const name = String(data.dataset);
  const origin = originOf(layer, ["data", "dataset"]);
  const isPath = isCardPath(name) && typeof origin !== "string";
  return `dataset ${isPath ? join(dirname(origin.file), name) : name}`;
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
