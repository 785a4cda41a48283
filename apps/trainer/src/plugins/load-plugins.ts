/** Loads the plugins that a config names: files of one's own, and packages. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isPlainMap, sha256 } from "@cellstate/files";
import { definePlugin, type Plugin, PluginError, type PluginParts, type Task, tasksWith } from "@cellstate/tasks";
import { useOwnPackages } from "./own-packages.ts";
import { notePluginFile, pluginPlace } from "./plugin-code.ts";
import { pluginFiles } from "./plugin-files.ts";

/** A plugin that is asked for. */
export interface PluginRequest {
  /** A path that begins with a dot or is absolute, or the name of a package. */
  readonly name: string;
  /** Against which a path resolves, and from which a package is looked for. */
  readonly folder: string;
  /** Throws an error about where it was asked for. */
  refuse(message: string): never;
}

export interface LoadedPlugins {
  /** All tasks, with what the plugins add. */
  readonly tasks: readonly Task[];
  /** SHA-256 of each of their files, by its path from `folder`, or by the name of its package and its path in that. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Whether what a config names is a file, not a package. */
export function isPluginPath(name: string): boolean {
  return name.startsWith(".") || isAbsolute(name);
}

/**
 * Loads plugins in their order.
 *
 * @param folder  what the paths of `hashes` begin at
 * @throws what `refuse` throws, if one is missing, cannot be loaded, brings nothing of use, or brings a name that is taken
 */
export async function loadPlugins(
  requests: readonly PluginRequest[],
  tasks: readonly Task[],
  folder: string,
): Promise<LoadedPlugins> {
  if (requests.length === 0) return { tasks, hashes: {} };
  useOwnPackages();
  const plugins = new Map<string, Plugin>();
  const hashes: Record<string, string> = {};
  for (const request of requests) {
    const entry = isPluginPath(request.name) ? findFile(request) : findPackage(request);
    const files = pluginFiles(entry);
    for (const file of files) notePluginFile(realpathSync(file), request.name);
    plugins.set(request.name, await loadPlugin(entry, request));
    for (const file of files) hashes[nameOf(file, request, folder)] = sha256(readFileSync(file));
  }
  try {
    return { tasks: tasksWith(plugins, tasks), hashes };
  } catch (error) {
    const request = requests.find(({ name }) => error instanceof PluginError && error.plugin === name);
    // A fault that no name belongs to lies in how the parts fit together.
    return (request ?? requests.at(-1)!).refuse(error instanceof PluginError ? error.problem : thrownFault(error));
  }
}

function findFile({ name, folder, refuse }: PluginRequest): string {
  const path = resolve(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) refuse(`there is no file ${path}`);
  if (!found!.isFile()) refuse(`${path} is a folder; name the file of the plugin in it`);
  return path;
}

/** The file that a package is imported from. */
function findPackage({ name, folder, refuse }: PluginRequest): string {
  const require = createRequire(join(folder, "package.json"));
  try {
    return require.resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const entry =
      code === "ERR_PACKAGE_PATH_NOT_EXPORTED" ? importedEntry(name, require.resolve.paths(name)) : undefined;
    if (entry !== undefined) return entry;
    const hint = existsSync(resolve(folder, name)) ? `write ./${name} for the file` : `npm install ${name}`;
    return refuse(`no package ${name} is installed in ${folder} or above it; ${hint}`);
  }
}

/** Of a package that can only be imported. */
function importedEntry(name: string, folders: readonly string[] | null): string | undefined {
  for (const folder of folders ?? []) {
    const manifest = join(folder, name, "package.json");
    if (!existsSync(manifest)) continue;
    const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly exports?: unknown };
    const main = isPlainMap(exports) && Object.hasOwn(exports, ".") ? exports["."] : exports;
    const entry = isPlainMap(main) ? (main.import ?? main.default) : main;
    const path = isPlainMap(entry) ? entry.default : entry;
    if (typeof path === "string") return join(dirname(manifest), path);
  }
  return undefined;
}

async function loadPlugin(entry: string, { refuse }: PluginRequest): Promise<Plugin> {
  if (/\.[cm]?ts$/.test(entry) && !process.features.typescript) {
    refuse(`TypeScript needs Node 22.18 or newer, and this is Node ${process.versions.node}; write the plugin as .js`);
  }
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(pathToFileURL(entry).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return refuse(loadingFault(error, entry));
  }
  if (loaded.default === undefined) {
    refuse(`${basename(entry)} has no default export; it ends with: export default definePlugin({ cells: [...] })`);
  }
  try {
    return definePlugin(loaded.default as PluginParts);
  } catch (error) {
    return refuse(loadingFault(error, entry));
  }
}

/** What is wrong with a plugin that cannot be loaded, in one line with the place if there is one. */
function loadingFault(error: unknown, entry: string): string {
  if (!(error instanceof Error)) return thrownFault(error);
  if (error instanceof PluginError) return `${basename(entry)}: ${error.problem}`;
  const { code } = error as NodeJS.ErrnoException;
  const place = placeIn(error);
  const message = error.message.split("\n", 1)[0];
  if (code === "ERR_MODULE_NOT_FOUND") return `cannot be loaded: ${message}`;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return `cannot be loaded: ${message}${place}; only types that can be left out are TypeScript here`;
  }
  if (error instanceof SyntaxError) return `cannot be loaded: ${message}${place}`;
  return thrownFault(error);
}

/** What the code of a plugin threw, in one line with the place if there is one. */
function thrownFault(error: unknown): string {
  if (!(error instanceof Error)) return `throws ${String(error)} when it is loaded`;
  return `throws when it is loaded: ${error.name}: ${error.message.split("\n", 1)[0]}${placeIn(error)}`;
}

/** ` (my-cell.ts:3)`. */
function placeIn(error: Error): string {
  const place = pluginPlace(error);
  return place === undefined ? "" : ` (${place})`;
}

/** A name for a file of a plugin that says nothing of the machine. */
function nameOf(file: string, { name }: PluginRequest, folder: string): string {
  const path = isPluginPath(name) ? relative(folder, file) : join(name, relative(packageFolder(file), file));
  return path.split(sep).join("/");
}

/** The folder of the package that a file belongs to. */
function packageFolder(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
