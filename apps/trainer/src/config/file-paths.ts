/** The keys of a config that hold paths: made absolute when a config is read, and reduced to names in a saved model. */
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { isPlainMap, type PlainMap } from "@cellstate/files";
import type { KeyPath } from "@cellstate/files/yaml";
import type { Task } from "@cellstate/tasks";
import { configJsonSchema } from "./schema.ts";

/** What schemas mark: a path, or a name that a path may stand for. */
const PATH = "path";
const NAME_OR_PATH = "name-or-path";

/** The key of plugins, which are files or packages. */
const PLUGINS: KeyPath = ["plugins"];

/** The key paths whose values the schemas of tasks mark as paths. */
export interface PathKeys {
  readonly paths: readonly KeyPath[];
  readonly namesOrPaths: readonly KeyPath[];
}

/** Found once for each list of tasks: a process may read many configs. */
const known = new WeakMap<readonly Task[], PathKeys>();

/** The keys that hold paths in experiments of these tasks. */
export function pathKeysOf(tasks: readonly Task[]): PathKeys {
  const schema = configJsonSchema(tasks);
  const keys = known.get(tasks) ?? {
    paths: keysWithFormat(schema, PATH),
    namesOrPaths: keysWithFormat(schema, NAME_OR_PATH),
  };
  known.set(tasks, keys);
  return keys;
}

/** The text that stands at a key, as a path from the root where it is a path below `folder`, so that it keeps its meaning anywhere. */
export function absolutePath(text: string, key: KeyPath, folder: string, { paths, namesOrPaths }: PathKeys): string {
  const isPath = isAmong(paths, key) ? text !== "" : isAmong(namesOrPaths, key) && isCardPath(text);
  return isPath ? resolve(folder, text) : text;
}

/** Whether what names a dataset is the path of its card: a name has no slash. */
export function isCardPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

/** Whether a key is among those of a list, or in what one of them holds. */
function isAmong(keys: readonly KeyPath[], key: KeyPath): boolean {
  return keys.some((path) => path.every((part, index) => key[index] === part));
}

/** The config with all its paths from the root. @param folder  where those begin that do not */
export function absolutePaths(config: PlainMap, folder: string, { paths, namesOrPaths }: PathKeys): PlainMap {
  const absolute = changeFiles(config, paths, (path) => (path === "" ? path : resolve(folder, path)));
  const withCards = changeFiles(absolute, namesOrPaths, (name) => (isCardPath(name) ? resolve(folder, name) : name));
  return changeFiles(withCards, [PLUGINS], (name) => (isNamedPath(name) ? resolve(folder, name) : name));
}

/** The config with its paths from `folder`, so that they say nothing of the machine. */
export function relativePaths(config: PlainMap, folder: string, { paths, namesOrPaths }: PathKeys): PlainMap {
  const portable = changeFiles(config, paths, (path) => relativePath(path, folder));
  return changeFiles(portable, [...namesOrPaths, PLUGINS], (name) => {
    const path = relativePath(name, folder);
    // Without a dot it would be a name.
    return path === name || path.startsWith("..") ? path : `./${path}`;
  });
}

/** A path from the root as one from `folder`, with slashes on every system; what is no such path stays as it is. */
export function relativePath(path: string, folder: string): string {
  return isAbsolute(path) ? relative(folder, path).split(sep).join("/") : path;
}

/** What is told apart from a name by how it is written. */
function isNamedPath(name: string): boolean {
  return name.startsWith(".") || isAbsolute(name);
}

/** The config with the names of files alone, which say nothing of the machine. */
export function withoutFolders(config: PlainMap, { paths }: PathKeys): PlainMap {
  const named = changeFiles(config, paths, (path) => basename(path));
  return changeFiles(named, [PLUGINS], (name) => (isNamedPath(name) ? basename(name) : name));
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
