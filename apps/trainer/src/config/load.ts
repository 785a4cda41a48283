/** From `--config`, `--set` and flags to one checked experiment: schema defaults < `extends` < the file < `--set` < flags. */
import { dirname, resolve, sep } from "node:path";
import { ConfigError, isPlainMap, type PlainMap } from "@cellstate/files";
import { type Origin, pathId, resolveVariables, type TracedValues, validate } from "@cellstate/files/yaml";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { z } from "zod";
import { isPluginPath, loadPlugins } from "../plugins/load-plugins.ts";
import { type SweepSection, sweepSection } from "../sweep/section.ts";
import { type ConfigFile, filesOfConfig, type NamedPlugin, pluginsOf, readConfigFiles } from "./config-files.ts";
import { absolutePath, pathKeysOf } from "./file-paths.ts";
import { SHIPPED_CONFIGS } from "./find.ts";
import { setValue } from "./layer.ts";
import { nameAfter } from "./name.ts";
import { applyOverrides } from "./overrides.ts";
import { anyTaskSchema, configJsonSchema, type Experiment, experimentSchema } from "./schema.ts";

export interface LoadConfigOptions {
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** `--set` assignments, the last one wins. */
  readonly overrides?: readonly string[];
  /** `--seed`, which wins over all. */
  readonly seed?: number | undefined;
  /** The caller's folder: paths of files in `--set` resolve against it, and messages show paths below it. */
  readonly folder: string;
  /** The tasks that there are. Default: those that come along. */
  readonly tasks?: readonly Task[] | undefined;
  /** What `${env:NAME}` stands for. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The experiment and what it was made of. */
export interface LoadedConfig {
  readonly experiment: Experiment;
  /** The text of the file that named it, as given. */
  readonly text: string;
  /** The file, and through it all that it extends. */
  readonly file: ConfigFile;
  /** The folder that paths are told from where no machine may show: the config's, or the caller's if the config comes along. */
  readonly base: string;
  /** What was written of the experiment, without defaults, and where each of it was. */
  readonly written: TracedValues;
  /** The tasks that there are, with what plugins add. */
  readonly tasks: readonly Task[];
  /** SHA-256 of the plugins' files. */
  readonly pluginHashes: Readonly<Record<string, string>>;
  /** How its values are searched; undefined where the config does not say. */
  readonly sweep: SweepSection | undefined;
}

/**
 * Loads one experiment.
 *
 * @throws {ConfigError} that lists every fault with file, line, column and key path
 * @throws {UsageError} if the file or one that it extends cannot be read
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const { overrides = [], seed, folder, env = process.env } = options;
  const { file, layer, plugins } = readConfigFiles(options.file, { folder, env });
  let all = layer;
  if (all.values.name === undefined) all = setValue(all, ["name"], nameAfter(file.path), "the name of the file");
  all = applyOverrides(all, overrides);
  if (seed !== undefined) all = setValue(all, ["seed"], seed, "--seed");
  const asked = Object.hasOwn(all.values, "plugins") ? pluginsOf(all, folder, { env }) : plugins;
  const base = baseFolder(file.path, folder);
  const { tasks, hashes: pluginHashes } = await loadPlugins(asked, options.tasks ?? shippedTasks, base);
  const keys = pathKeysOf(tasks);
  const folders = foldersOf(file, folder);
  const { values, origins } = resolveVariables(all, {
    env,
    schema: configJsonSchema(tasks),
    complete: (text, key, origin) => absolutePath(text, key, folders(origin), keys),
  });
  const { variables: _, plugins: __, ...own } = values;
  const { written, sweep } = withoutSweep(withPlugins({ values: own, origins }, asked));
  return {
    experiment: checkValues(written, tasks),
    text: file.contents.toString("utf8"),
    file,
    base,
    written,
    sweep,
    tasks,
    pluginHashes,
  };
}

/** The section `sweep`, checked, and the experiment beside it, which is trained without it. */
function withoutSweep(layer: TracedValues): Pick<LoadedConfig, "written" | "sweep"> {
  const { sweep, ...values } = layer.values;
  if (sweep === undefined) return { written: layer, sweep: undefined };
  const section = validate(z.strictObject({ sweep: sweepSection }), { ...layer, values: { sweep } });
  return { written: { ...layer, values }, sweep: section.sweep };
}

/** The tasks that there are with the plugins of a config, whatever else is right or wrong in it. @throws as {@link loadConfig} */
export async function loadTasks({
  file: path,
  folder,
  tasks = shippedTasks,
  env = process.env,
}: Omit<LoadConfigOptions, "overrides" | "seed">): Promise<readonly Task[]> {
  const { file, plugins } = readConfigFiles(path, { folder, env });
  return (await loadPlugins(plugins, tasks, baseFolder(file.path, folder))).tasks;
}

/**
 * An experiment that was resolved before, with values of `--set` laid over it.
 *
 * @param options.file   where it is, for messages
 * @param options.tasks  those that there are, with what its plugins add
 * @throws {ConfigError} that lists every fault
 */
export function changeResolved(
  values: PlainMap,
  options: Required<Pick<LoadConfigOptions, "file" | "overrides" | "folder">> & { readonly tasks: readonly Task[] },
): Experiment {
  const { file, overrides, folder, tasks } = options;
  const keys = pathKeysOf(tasks);
  const all = applyOverrides({ values, origins: new Map([[pathId([]), file]]) }, overrides);
  const resolved = resolveVariables(all, {
    env: process.env,
    schema: configJsonSchema(tasks),
    complete: (text, key) => absolutePath(text, key, folder, keys),
  });
  return checkValues(resolved, tasks);
}

/** Checks an experiment that was resolved before, such as the one in `config.lock.json`. */
export function checkResolved(values: unknown, file: string, tasks: readonly Task[]): Experiment {
  if (!isPlainMap(values)) throw new ConfigError([{ where: file, path: "config", message: "must be a map of keys" }]);
  return checkValues({ values, origins: new Map([[pathId([]), file]]) }, tasks);
}

/**
 * Checks the values of an experiment.
 *
 * @throws {ConfigError} that lists every fault
 */
export function checkValues(layer: TracedValues, tasks: readonly Task[]): Experiment {
  const task = tasks.find(({ name }) => name === layer.values.task);
  if (task !== undefined) return validate(experimentSchema(task), layer);
  validate(anyTaskSchema(tasks), layer);
  throw new Error("internal: a task without a schema");
}

/** The plugins as part of the config, by absolute paths. */
function withPlugins(written: TracedValues, asked: readonly NamedPlugin[]): TracedValues {
  if (asked.length === 0) return written;
  const names = asked.map(({ name, folder }) => (isPluginPath(name) ? resolve(folder, name) : name));
  const all = setValue(written, ["plugins"], names, asked[0]!.where);
  const places = asked.map(({ where }, index) => [pathId(["plugins", index]), where] as const);
  return { ...all, origins: new Map([...all.origins, ...places]) };
}

function baseFolder(file: string, caller: string): string {
  return file.startsWith(`${SHIPPED_CONFIGS}${sep}`) ? caller : dirname(file);
}

/** Against which folder a path resolves: that of the file in which it is written, else the caller's. */
function foldersOf(file: ConfigFile, caller: string): (origin: Origin) => string {
  const folders = new Map(filesOfConfig(file).map(({ shown, path }) => [shown, dirname(path)]));
  return (origin) => (typeof origin === "string" ? caller : (folders.get(origin.file) ?? caller));
}
