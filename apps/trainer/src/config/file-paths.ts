/** The keys of a config that hold paths: made absolute when a config is read, and reduced to names in a saved model. */
import { basename, resolve } from "node:path";
import { isPlainMap, type PlainMap } from "@cellstate/files";
import type { KeyPath } from "@cellstate/files/yaml";

const fileKeys: readonly KeyPath[] = [
  ["data", "train"],
  ["data", "dev"],
  ["data", "test"],
  ["tokenizer", "file"],
  ["tokenizer", "source", "file"],
  ["tokenizer", "target", "file"],
];

/** The config with paths resolved against `folder`, so that they keep their meaning wherever the config goes. */
export function absolutePaths(config: PlainMap, folder: string): PlainMap {
  const absolute = changeFiles(config, fileKeys, (path) => (path === "" ? path : resolve(folder, path)));
  // A dataset's name has no slash; the path of a card has.
  const isPath = (name: string) => /[/\\]|\.ya?ml$/.test(name);
  return changeFiles(absolute, [["data", "dataset"]], (name) => (isPath(name) ? resolve(folder, name) : name));
}

/** The config with the names of files alone, which say nothing of the machine. */
export function withoutFolders(config: PlainMap): PlainMap {
  return changeFiles(config, fileKeys, (path) => basename(path));
}

function changeFiles(config: PlainMap, paths: readonly KeyPath[], change: (path: string) => string): PlainMap {
  return paths.reduce((changed, path) => changeAt(changed, path, change) as PlainMap, config);
}

/** A copy in which the text at `path`, if there is one, is changed. */
function changeAt(value: unknown, [key, ...rest]: KeyPath, change: (text: string) => string): unknown {
  if (key === undefined) return typeof value === "string" ? change(value) : value;
  if (!isPlainMap(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: changeAt(value[key], rest, change) };
}
