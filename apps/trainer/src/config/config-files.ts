/** A config file and all that it extends, laid over one another. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { ConfigError, sha256 } from "@cellstate/files";
import {
  formatKeyPath,
  type KeyPath,
  type Origin,
  originOf,
  parseYaml,
  resolveVariables,
  type TracedValues,
} from "@cellstate/files/yaml";
import { UsageError } from "../errors.ts";
import { isPluginPath, type PluginRequest } from "../plugins/load-plugins.ts";
import { relativePath } from "./file-paths.ts";
import { findShipped, SHIPPED_CONFIGS } from "./find.ts";
import { mergeLayers } from "./layer.ts";

/** A file of a config. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  /** As messages name it: from the caller's folder where it lies below that. */
  readonly shown: string;
  readonly contents: Buffer;
  /** The files that it extends, the first one first; the last one wins. */
  readonly bases: readonly ConfigFile[];
}

/** What reading needs besides the file. */
export interface ReadConfigOptions {
  /** The caller's folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A config with the values of all its files, before `--set` and flags. */
export interface ReadConfig {
  readonly file: ConfigFile;
  /** Without `extends` and `plugins`. */
  readonly layer: TracedValues;
  /** Those of all files, each once: those of a file that is extended come first. */
  readonly plugins: readonly NamedPlugin[];
}

/** A plugin that a config names. */
export interface NamedPlugin extends PluginRequest {
  readonly where: Origin;
}

/**
 * Reads a config file and all that it extends.
 *
 * @param path  absolute
 * @throws {ConfigError} if one of them is no YAML, extends what is not there, or extends itself
 * @throws {UsageError} if one of them cannot be read
 */
export function readConfigFiles(path: string, options: ReadConfigOptions): ReadConfig {
  return new ConfigReader(options).read(path, []);
}

/** All files, each once, the one that was named first. */
export function filesOfConfig(file: ConfigFile): readonly ConfigFile[] {
  const found = new Map<string, ConfigFile>();
  const visit = (one: ConfigFile): void => {
    if (found.has(one.path)) return;
    found.set(one.path, one);
    for (const base of one.bases) visit(base);
  };
  visit(file);
  return [...found.values()];
}

/** SHA-256 of each file of a config, by names that say nothing of the machine: its path from `folder`, or `cellstate/configs/...`. */
export function hashConfigFiles(file: ConfigFile, folder: string): Readonly<Record<string, string>> {
  const named = filesOfConfig(file).map(({ path, contents }) => [portableName(path, folder), sha256(contents)]);
  return Object.fromEntries(named);
}

function portableName(path: string, folder: string): string {
  const comesAlong = path.startsWith(`${SHIPPED_CONFIGS}${sep}`);
  return comesAlong ? `cellstate/configs/${relativePath(path, SHIPPED_CONFIGS)}` : relativePath(path, folder);
}

class ConfigReader {
  readonly #options: ReadConfigOptions;

  constructor(options: ReadConfigOptions) {
    this.#options = options;
  }

  /** @param above  the files on the way here, each of which extends the next */
  read(path: string, above: readonly string[]): ReadConfig {
    const contents = readContents(path);
    const shown = shownPath(path, this.#options.folder);
    const own = parseYaml(contents, shown);
    const { extends: _, plugins: __, ...values } = own.values;
    const bases = this.#basesOf(own, path).map((base) => this.#readBase(base, path, above));
    const below = bases.map(({ layer }) => layer).reduce(mergeLayers, nothing);
    return {
      file: { path, shown, contents, bases: bases.map(({ file }) => file) },
      layer: mergeLayers(below, { values, origins: own.origins }),
      plugins: withoutCopies([
        ...bases.flatMap((base) => base.plugins),
        ...pluginsOf(own, dirname(path), this.#options),
      ]),
    };
  }

  #readBase(base: Base, path: string, above: readonly string[]): ReadConfig {
    const chain = [...above, realpathSync(path)];
    const start = chain.indexOf(realpathSync(base.path));
    if (start !== -1) {
      const circle = [...chain.slice(start), base.path].map((one) => shownPath(one, this.#options.folder));
      base.fail(`goes round in a circle: ${circle.join(" -> ")}`);
    }
    const { layer, ...rest } = this.read(base.path, chain);
    // An experiment is named after its own file, not after the one that it begins from.
    const { name: __, ...inherited } = layer.values;
    return { ...rest, layer: { ...layer, values: inherited } };
  }

  #basesOf(own: TracedValues, path: string): Base[] {
    if (!Object.hasOwn(own.values, "extends")) return [];
    const alone = { values: { extends: own.values.extends }, origins: own.origins };
    const { values } = resolveVariables(alone, { env: this.#options.env, environmentAlone: true });
    const named = Array.isArray(values.extends) ? values.extends : [values.extends];
    return named.map((name, index) => {
      const key = Array.isArray(values.extends) ? ["extends", index] : ["extends"];
      const fail = (message: string) => refuse(own, key, message);
      if (typeof name !== "string") {
        fail("must be the path of another config, the name of one that comes along, or a list of these");
      }
      return { path: findBase(String(name), path, fail), fail };
    });
  }
}

/**
 * The plugins that `plugins` of a layer names.
 *
 * @param folder  against which their paths resolve
 * @throws {ConfigError} unless it is a list of paths and packages
 */
export function pluginsOf(
  layer: TracedValues,
  folder: string,
  { env }: Pick<ReadConfigOptions, "env">,
): readonly NamedPlugin[] {
  if (!Object.hasOwn(layer.values, "plugins")) return [];
  const alone = { values: { plugins: layer.values.plugins }, origins: layer.origins };
  const { plugins } = resolveVariables(alone, { env, environmentAlone: true }).values;
  if (!Array.isArray(plugins)) {
    return refuse(layer, ["plugins"], "must be a list of files and packages, such as [./my-cell.ts]");
  }
  return plugins.map((name, index) => {
    const key = ["plugins", index];
    if (typeof name !== "string" || name === "")
      refuse(layer, key, "must be the path of a file or the name of a package");
    return {
      name: String(name),
      folder,
      where: originOf(layer, key),
      refuse: (message) => refuse(layer, key, message),
    };
  });
}

/** Each plugin once, where it is named first. */
function withoutCopies(plugins: readonly NamedPlugin[]): readonly NamedPlugin[] {
  const byPlace = new Map<string, NamedPlugin>();
  for (const plugin of plugins) {
    const place = isPluginPath(plugin.name) ? resolve(plugin.folder, plugin.name) : plugin.name;
    if (!byPlace.has(place)) byPlace.set(place, plugin);
  }
  return [...byPlace.values()];
}

interface Base {
  readonly path: string;
  /** Throws an error about where the file is named. */
  fail(message: string): never;
}

const nothing: TracedValues = { values: {}, origins: new Map() };

function refuse(traced: TracedValues, key: KeyPath, message: string): never {
  throw new ConfigError([{ where: originOf(traced, key), path: formatKeyPath(key), message }]);
}

/** A path relative to the file that extends it, else a config that comes along; the file itself is never meant. */
function findBase(base: string, file: string, fail: (message: string) => never): string {
  const path = resolve(dirname(file), base);
  if (path !== file && statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  const shipped = findShipped(base);
  if (shipped.path !== undefined) return shipped.path;
  return fail(
    path === file
      ? `${base} is this file; a config cannot extend itself`
      : `there is no file ${path}; ${shipped.fault}`,
  );
}

function readContents(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read the config ${file}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

/** The path from the caller's folder where that is shorter to read. */
function shownPath(file: string, folder: string): string {
  const short = relative(folder, file);
  return short === "" || short.startsWith("..") ? file : short;
}
