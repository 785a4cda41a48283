/** From `--config`, `--set` and flags to one checked experiment: schema defaults < `extends` < the file < `--set` < flags. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ConfigError, isPlainMap } from "@cellstate/files";
import { originOf, parseYaml, pathId, type TracedValues, validate } from "@cellstate/files/yaml";
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { UsageError } from "../errors.ts";
import { absolutePaths, type PathKeys, pathKeysOf } from "./file-paths.ts";
import { findShipped } from "./find.ts";
import { mergeLayers, setValue } from "./layer.ts";
import { nameAfter } from "./name.ts";
import { applyOverrides } from "./overrides.ts";
import { anyTaskSchema, type Experiment, experimentSchema } from "./schema.ts";

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
}

/** The experiment and the text of the file that named it, as given. */
export interface LoadedConfig {
  readonly experiment: Experiment;
  readonly text: string;
}

/**
 * Loads one experiment.
 *
 * @throws {ConfigError} that lists every fault with file, line, column and key path
 * @throws {UsageError} if the file or one that it extends cannot be read
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const { file, overrides = [], seed, folder, tasks = shippedTasks } = options;
  const contents = readContents(file);
  const reading: Reading = { folder, pathKeys: pathKeysOf(tasks) };
  let layer = fileLayer(file, contents, reading, []);
  if (layer.values.name === undefined) layer = setValue(layer, ["name"], nameAfter(file), "the name of the file");
  layer = withAbsolutePaths(applyOverrides(layer, overrides), folder, reading);
  if (seed !== undefined) layer = setValue(layer, ["seed"], seed, "--seed");
  return { experiment: checkExperiment(layer, tasks), text: contents.toString("utf8") };
}

/** What stays the same for a file and all that it extends. */
interface Reading {
  readonly folder: string;
  readonly pathKeys: PathKeys;
}

/** Checks an experiment that was resolved before, such as the one in `config.lock.json`. */
export function checkResolved(values: unknown, file: string, tasks: readonly Task[]): Experiment {
  if (!isPlainMap(values)) throw new ConfigError([{ where: file, path: "config", message: "must be a map of keys" }]);
  return checkExperiment({ values, origins: new Map([[pathId([]), file]]) }, tasks);
}

function checkExperiment(layer: TracedValues, tasks: readonly Task[]): Experiment {
  const task = tasks.find(({ name }) => name === layer.values.task);
  if (task !== undefined) return validate(experimentSchema(task), layer);
  validate(anyTaskSchema(tasks), layer);
  throw new Error("internal: a task without a schema");
}

/** A file laid over the one that it extends. */
function fileLayer(file: string, contents: Uint8Array, reading: Reading, above: readonly string[]): TracedValues {
  const own = withAbsolutePaths(parseYaml(contents, shownPath(file, reading.folder)), dirname(file), reading);
  if (!Object.hasOwn(own.values, "extends")) return own;

  const { extends: base, ...values } = own.values;
  const where = originOf(own, ["extends"]);
  const fail = (message: string): never => {
    throw new ConfigError([{ where, path: "extends", message }]);
  };
  if (typeof base !== "string") return fail("must be the path of another config, or the name of one that comes along");
  const baseFile = findBase(base, file, fail);
  const chain = [...above, realpathSync(file)];
  if (chain.includes(realpathSync(baseFile)))
    return fail(`${base} comes back to this file; a config cannot extend itself`);
  const baseLayer = fileLayer(baseFile, readContents(baseFile), reading, chain);
  // An experiment is named after its own file, not after the one that it begins from.
  const { name: _, ...inherited } = baseLayer.values;
  return mergeLayers({ ...baseLayer, values: inherited }, { values, origins: own.origins });
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

function withAbsolutePaths(layer: TracedValues, folder: string, { pathKeys }: Reading): TracedValues {
  return { ...layer, values: absolutePaths(layer.values, folder, pathKeys) };
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
