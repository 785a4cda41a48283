/** The keys of a config that hold paths: made absolute when a config is read, and reduced to names in a saved model. */
import { basename, resolve } from "node:path";
import { isPlainMap, type PlainMap } from "@cellstate/files";
import type { KeyPath } from "@cellstate/files/yaml";
import type { Task } from "@cellstate/tasks";
import { z } from "zod";
import { configFileSchema } from "./schema.ts";

/** What schemas mark: a path, or a name that a path may stand for. */
const PATH = "path";
const NAME_OR_PATH = "name-or-path";

/** The key paths whose values the schemas of tasks mark as paths. */
export interface PathKeys {
  readonly paths: readonly KeyPath[];
  readonly namesOrPaths: readonly KeyPath[];
}

/** Found once for each list of tasks: a process may read many configs. */
const known = new WeakMap<readonly Task[], PathKeys>();

/** The keys that hold paths in experiments of these tasks. */
export function pathKeysOf(tasks: readonly Task[]): PathKeys {
  const keys = known.get(tasks) ?? findPathKeys(tasks);
  known.set(tasks, keys);
  return keys;
}

function findPathKeys(tasks: readonly Task[]): PathKeys {
  const schema = z.toJSONSchema(configFileSchema(tasks), { io: "input", unrepresentable: "any" });
  return { paths: keysWithFormat(schema, PATH), namesOrPaths: keysWithFormat(schema, NAME_OR_PATH) };
}

/** The config with paths resolved against `folder`, so that they keep their meaning wherever the config goes. */
export function absolutePaths(config: PlainMap, folder: string, { paths, namesOrPaths }: PathKeys): PlainMap {
  const absolute = changeFiles(config, paths, (path) => (path === "" ? path : resolve(folder, path)));
  // A name has no slash; the path of a card has.
  const isPath = (name: string) => /[/\\]|\.ya?ml$/.test(name);
  return changeFiles(absolute, namesOrPaths, (name) => (isPath(name) ? resolve(folder, name) : name));
}

/** The config with the names of files alone, which say nothing of the machine. */
export function withoutFolders(config: PlainMap, { paths }: PathKeys): PlainMap {
  return changeFiles(config, paths, (path) => basename(path));
}

function keysWithFormat(schema: unknown, format: string): KeyPath[] {
  const found = new Map<string, KeyPath>();
  const visit = (node: unknown, path: KeyPath): void => {
    if (!isPlainMap(node)) return;
    if (node.format === format) found.set(path.join("."), path);
    // a list of paths, and a map of them, are changed as a whole
    for (const inner of [node.items, node.additionalProperties]) visit(inner, path);
    for (const branches of [node.anyOf, node.oneOf, node.allOf]) {
      if (Array.isArray(branches)) for (const branch of branches) visit(branch, path);
    }
    if (!isPlainMap(node.properties)) return;
    for (const [key, inner] of Object.entries(node.properties)) visit(inner, [...path, key]);
  };
  visit(schema, []);
  return [...found.values()];
}

function changeFiles(config: PlainMap, paths: readonly KeyPath[], change: (path: string) => string): PlainMap {
  return paths.reduce((changed, path) => changeAt(changed, path, change) as PlainMap, config);
}

/** A copy in which the text at `path`, or each text of a list or map there, is changed. */
function changeAt(value: unknown, [key, ...rest]: KeyPath, change: (text: string) => string): unknown {
  if (key === undefined) return changeTexts(value, change);
  if (!isPlainMap(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: changeAt(value[key], rest, change) };
}

function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => changeTexts(one, change));
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, changeTexts(one, change)]));
}
