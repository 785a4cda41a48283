/** A resolved config with the source of each value: as YAML with comments, and as JSON. */
import { isPlainMap, type PlainMap } from "@cellstate/files";
import { formatKeyPath, formatYamlValue, type KeyPath, type Origin, originOf, valueAt } from "@cellstate/files/yaml";
import { type ConfigFile, filesOfConfig } from "./config-files.ts";
import type { LoadedConfig } from "./load.ts";

/** Where a value is from. */
type ValueSource =
  | {
      readonly kind: "file";
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** The text with variables that stands there. */
      readonly variables?: string | undefined;
    }
  /** `--seed`, or a whole `--set`. */
  | { readonly kind: "option"; readonly option: string }
  /** The name of an experiment whose file gives none. */
  | { readonly kind: "fileName" }
  | { readonly kind: "default" };

/** A value that is no map, and where it is from. */
interface ExplainedValue {
  readonly path: KeyPath;
  readonly value: unknown;
  readonly source: ValueSource;
}

/** All values of a config, in the order of the schema. */
function explainConfig({ experiment, written }: LoadedConfig): readonly ExplainedValue[] {
  const sourceAt = (path: KeyPath): ValueSource =>
    valueAt(written.values, path) === undefined ? { kind: "default" } : sourceOf(originOf(written, path));
  return leavesOf(experiment, []).map(([path, value]) => ({ path, value, source: sourceAt(path) }));
}

function sourceOf(origin: Origin): ValueSource {
  if (typeof origin !== "string") return { kind: "file", ...origin };
  return origin.startsWith("--") ? { kind: "option", option: origin } : { kind: "fileName" };
}

function leavesOf(value: unknown, path: KeyPath): (readonly [KeyPath, unknown])[] {
  if (!isPlainMap(value) || (path.length > 0 && Object.keys(value).length === 0)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : leavesOf(inner, [...path, key])));
}

/** The document of `explain --json`. */
export function explanationAsJson(loaded: LoadedConfig): PlainMap {
  return {
    formatVersion: 1,
    files: filesOfConfig(loaded.file).map(({ shown, bases }) => ({
      file: shown,
      extends: bases.map((base) => base.shown),
    })),
    config: loaded.experiment,
    values: explainConfig(loaded).map(({ path, ...rest }) => ({ path: formatKeyPath(path), ...rest })),
  };
}

/** Columns up to which the comments stand in one line below one another. */
const WIDEST = 56;

/** YAML that is a config itself, with the source of each value behind it. */
export function explanationAsYaml(loaded: LoadedConfig): string {
  const lines: (readonly [text: string, comment: string])[] = [];
  let above: KeyPath = [];
  for (const { path, value, source } of explainConfig(loaded)) {
    const shared = path.findIndex((key, index) => above[index] !== key);
    for (let depth = shared; depth < path.length - 1; depth++) lines.push([`${keyAt(path, depth)}:`, ""]);
    lines.push([`${keyAt(path, path.length - 1)}: ${formatYamlValue(value)}`, describeSource(source)]);
    above = path;
  }
  const width = Math.max(...lines.map(([text]) => text.length).filter((length) => length <= WIDEST));
  const body = lines.map(([text, comment]) => (comment === "" ? text : `${text.padEnd(width)}  # ${comment}`));
  return `${[...describeFiles(loaded.file, 0), ...body].join("\n")}\n`;
}

function keyAt(path: KeyPath, depth: number): string {
  return `${"  ".repeat(depth)}${formatYamlValue(String(path[depth]))}`;
}

function describeSource(source: ValueSource): string {
  switch (source.kind) {
    case "file": {
      const place = `${source.file}:${source.line}`;
      return source.variables === undefined ? place : `${place}, from ${source.variables.replaceAll("\n", " ")}`;
    }
    case "option":
      return source.option.replaceAll("\n", " ");
    case "fileName":
      return "the name of the file";
    case "default":
      return "default";
    default:
      return source satisfies never;
  }
}

/** The file and all that it extends, each below the one that names it. */
function describeFiles({ shown, bases }: ConfigFile, depth: number): string[] {
  const own = depth === 0 ? `# ${shown}` : `# ${"  ".repeat(depth)}extends ${shown}`;
  return [own, ...bases.flatMap((base) => describeFiles(base, depth + 1))];
}
