/** The keys in which resolved configs differ, and the files of their plugins. */
import { isPlainMap } from "@cellstate/files";
import { formatKeyPath, type KeyPath } from "@cellstate/files/yaml";

/** A key and its value in each config; undefined where a config has none. */
export interface ConfigDifference {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** Letters of a hash that tell two files apart. */
const SHOWN_HASH = 8;

/** The files of plugins that are not the same in all locks, by their hashes. */
export function pluginDifferences(plugins: readonly Readonly<Record<string, string>>[]): ConfigDifference[] {
  const files = new Set(plugins.flatMap((own) => Object.keys(own)));
  return [...files].flatMap((file) => {
    const values = plugins.map((own) => own[file]?.slice(0, SHOWN_HASH));
    return new Set(values).size > 1 ? [{ key: `plugin ${file}`, values }] : [];
  });
}

/** In the order of the first config, then of those after it. */
export function configDifferences(configs: readonly Readonly<Record<string, unknown>>[]): ConfigDifference[] {
  const leaves = configs.map((config) => leavesOf(config, []));
  const keys = new Set(leaves.flatMap((own) => [...own.keys()]));
  return [...keys].flatMap((key) => {
    const values = leaves.map((own) => own.get(key));
    return new Set(values.map((value) => JSON.stringify(value))).size > 1 ? [{ key, values }] : [];
  });
}

function leavesOf(value: unknown, path: KeyPath): Map<string, unknown> {
  if (!isPlainMap(value) || Object.keys(value).length === 0) return new Map([[formatKeyPath(path), value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, [...path, key])]));
}
