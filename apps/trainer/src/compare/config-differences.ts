/** The keys in which resolved configs differ. */
import { isPlainMap } from "@cellstate/files";
import { formatKeyPath, type KeyPath } from "@cellstate/files/yaml";

/** A key and its value in each config; undefined where a config has none. */
export interface ConfigDifference {
  readonly key: string;
  readonly values: readonly unknown[];
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
