/**
 * Puts values in the place of variables: `${env:NAME}` is an environment variable, `${model.encoder.hiddenSize}` the value of another
 * key as it is in the end. Where a variable is all of a text, its value keeps its type, as in OmegaConf; else it becomes part of the text.
 */
import { ConfigError, type ConfigIssue } from "../errors.ts";
import { isPlainMap, type PlainMap } from "../plain-map.ts";
import { formatKeyPath, type KeyPath, pathId, valueAt } from "./key-path.ts";
import { nearest } from "./nearest.ts";
import { type Origin, originOf, type TracedValues } from "./origin.ts";
import { parseYamlValue } from "./parse-value.ts";
import { MAX_COPIES } from "./plain-values.ts";
import { allPaths, defaultAt, typesAt } from "./schema-walk.ts";
import { hasVariable, parseTemplate, type Template, type Variable, VariableSyntaxError } from "./variable-text.ts";

/** Longest text that variables may make; a file's name or a pattern needs a few. */
const MAX_LENGTH = 10_000;

export interface ResolveOptions {
  /** Environment variables by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** JSON Schema of the values: it has the defaults of keys that are not written, and says where a number is a text. Default: none. */
  readonly schema?: PlainMap | undefined;
  /** Whether only environment variables can be told yet, since the other keys are not known. Default false. */
  readonly environmentAlone?: boolean;
  /** Completes each text that stands at a path in the end, such as a file's name. Default: it stays as it is. */
  readonly complete?: (text: string, path: KeyPath, origin: Origin) => string;
}

/**
 * The values without variables. An origin tells the text with variables that stood there.
 *
 * @throws {ConfigError} that lists every variable that stands for nothing, with file, line and key
 */
export function resolveVariables(traced: TracedValues, options: ResolveOptions): TracedValues {
  const resolver = new Resolver(traced, options);
  const values = resolver.mapAt(traced.values, []);
  if (resolver.issues.size > 0) throw new ConfigError([...resolver.issues].map(({ issue }) => issue));
  return { values, origins: resolver.origins };
}

/** Why a text has no value. */
class VariableFault extends Error {
  readonly issue: ConfigIssue;

  constructor(issue: ConfigIssue) {
    super(issue.message);
    this.issue = issue;
  }
}

/** A text from outside, a value of the config, or why there is neither. */
interface Found {
  readonly text?: string | undefined;
  readonly value?: unknown;
  readonly fault?: string | undefined;
}

class Resolver {
  readonly origins: Map<string, Origin>;
  readonly issues = new Set<VariableFault>();
  readonly #traced: TracedValues;
  readonly #options: ResolveOptions;
  /** Values by path, or why there is none. */
  readonly #known = new Map<string, { readonly value: unknown } | VariableFault>();
  /** What is being resolved, outermost first. */
  readonly #open: KeyPath[] = [];
  #copies = 0;

  constructor(traced: TracedValues, options: ResolveOptions) {
    this.#traced = traced;
    this.#options = options;
    this.origins = new Map(traced.origins);
  }

  mapAt(map: PlainMap, path: KeyPath): PlainMap {
    return Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, this.#partAt(inner, [...path, key])]));
  }

  /** A part of a map or a list; a fault in it is kept, so that all of them are told together. */
  #partAt(raw: unknown, path: KeyPath): unknown {
    try {
      return this.#valueAt(raw, path);
    } catch (fault) {
      if (!(fault instanceof VariableFault)) throw fault;
      this.issues.add(fault);
      return undefined;
    }
  }

  #valueAt(raw: unknown, path: KeyPath): unknown {
    const id = pathId(path);
    const known = this.#known.get(id);
    if (known instanceof VariableFault) throw known;
    if (known !== undefined) return known.value;
    this.#open.push(path);
    try {
      const value = this.#resolve(raw, path);
      this.#known.set(id, { value });
      return value;
    } catch (fault) {
      if (fault instanceof VariableFault) this.#known.set(id, fault);
      throw fault;
    } finally {
      this.#open.pop();
    }
  }

  #resolve(raw: unknown, path: KeyPath): unknown {
    if (isPlainMap(raw)) return this.mapAt(raw, path);
    if (Array.isArray(raw)) return raw.map((item, index) => this.#partAt(item, [...path, index]));
    if (typeof raw !== "string") return raw;
    if (!hasVariable(raw)) return this.#complete(raw, path);
    const [first, ...others] = this.#parse(raw, path);
    const origin = this.#originOf(path);
    if (typeof origin !== "string") this.origins.set(pathId(path), { ...origin, variables: raw });
    if (typeof first !== "object" || others.length > 0) {
      return this.#complete(this.#textOf([first!, ...others], path), path);
    }
    const { text, value } = this.#find(first, path);
    return this.#completeAll(text === undefined ? value : this.#typed(text, path), path);
  }

  #parse(text: string, path: KeyPath): Template {
    try {
      return parseTemplate(text);
    } catch (error) {
      if (error instanceof VariableSyntaxError) return this.#fail(path, error.message);
      throw error;
    }
  }

  /** The parts of a text as one text. */
  #textOf(template: Template, path: KeyPath): string {
    const text = template.map((part) => (typeof part === "string" ? part : this.#partText(part, path))).join("");
    if (text.length > MAX_LENGTH) this.#fail(path, `the variables here make more than ${MAX_LENGTH} characters`);
    return text;
  }

  #partText(variable: Variable, path: KeyPath): string {
    const { text, value } = this.#find(variable, path);
    if (text !== undefined) return text;
    if (typeof value !== "object") return String(value);
    const what = value === null ? "null" : Array.isArray(value) ? "a list" : "a map of keys";
    return this.#fail(path, `${variable.source} is ${what}, which cannot be part of a text`);
  }

  /** What a variable stands for: a text from outside, which has no type yet, or a value of the config. */
  #find({ source, name: template, fallback }: Variable, path: KeyPath): Found {
    const name = this.#textOf(template, path).trim();
    const prefix = /^([^:[\]]+):/.exec(name)?.[1];
    if (prefix !== undefined && prefix !== "env") {
      this.#fail(path, `${source}: there are no variables \`${prefix}:\`; write \${env:NAME} or \${key.path}`);
    }
    const found =
      prefix === undefined ? this.#findKey(name, source, path) : this.#findInEnvironment(name, source, path);
    const isMissing = found.fault !== undefined || found.text === "";
    if (isMissing && fallback !== undefined) {
      const [first, ...others] = fallback;
      const isVariable = typeof first === "object" && others.length === 0;
      return isVariable ? this.#find(first, path) : { text: this.#textOf(fallback, path) };
    }
    return found.fault === undefined ? found : this.#fail(path, `${source}: ${found.fault}`);
  }

  #findInEnvironment(prefixed: string, source: string, path: KeyPath): Found {
    const { env } = this.#options;
    const name = prefixed.slice("env:".length);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      this.#fail(
        path,
        `${source}: \`${name}\` cannot be the name of an environment variable; a default stands behind :-`,
      );
    }
    const text = env[name];
    if (text !== undefined) return { text };
    const near = nearest(name, Object.keys(env));
    const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
    const advice = `set it, or give a default: \${env:${name}:-...}`;
    return { fault: `the environment variable ${name} is not set${hint}; ${advice}` };
  }

  #findKey(name: string, source: string, path: KeyPath): Found {
    if (this.#options.environmentAlone === true) {
      this.#fail(path, `${source}: only \${env:...} can stand here: this key is read before the others`);
    }
    const target = parseKeyPath(name);
    if (target === undefined) return this.#fail(path, `${source}: \`${name}\` is no key path such as model.pooling`);
    const value = this.#lookUp(target, path);
    return value === undefined ? { fault: this.#nothingAt(target) } : { value };
  }

  /** A text from outside as YAML reads it, unless the schema wants a text. */
  #typed(text: string, path: KeyPath): unknown {
    const value = readValue(text);
    if (typeof value === "string") return value;
    const types = typesAt(this.#options.schema ?? {}, path, (key) => this.#settledAt(key));
    return types.has("string") && !types.has(typeOf(value)) ? text : value;
  }

  /** The value at a path in the end, with what it takes from the schema; undefined where there is none. */
  #lookUp(target: KeyPath, from: KeyPath): unknown {
    const written = this.#writtenAt(target, from);
    if (written === undefined) return defaultAt(this.#options.schema ?? {}, target, (key) => this.#settledAt(key));
    if (typeof written === "object") this.#copyOrigins(written, target, from);
    return written;
  }

  #writtenAt(target: KeyPath, from: KeyPath): unknown {
    let raw: unknown = this.#traced.values;
    for (const [index, key] of target.entries()) {
      if (typeof raw === "string" && hasVariable(raw)) {
        const value = this.#valueOnce(raw, target.slice(0, index), from);
        return valueAt(value, target.slice(index));
      }
      raw = valueAt(raw, [key]);
      if (raw === undefined) return undefined;
    }
    return this.#valueOnce(raw, target, from);
  }

  /** What was written below one path stands below another, too. */
  #copyOrigins(value: unknown, target: KeyPath, from: KeyPath): void {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      this.#countCopy(from);
      const key = Array.isArray(value) ? Number(name) : name;
      const origin = this.origins.get(pathId([...target, key]));
      if (origin !== undefined) this.origins.set(pathId([...from, key]), origin);
      this.#copyOrigins(inner, [...target, key], [...from, key]);
    }
  }

  /** The value at a path, which must not be waiting for this one. */
  #valueOnce(raw: unknown, target: KeyPath, from: KeyPath): unknown {
    const id = pathId(target);
    const start = this.#open.findIndex((path) => pathId(path) === id);
    if (start !== -1) {
      const circle = [...this.#open.slice(start), target].map(formatKeyPath).join(" -> ");
      this.#fail(from, `the variables go round in a circle: ${circle}`);
    }
    return this.#valueAt(raw, target);
  }

  /** What a key that chooses among the branches of a schema holds, if that is known without going round in a circle. */
  #settledAt(path: KeyPath): unknown {
    const raw = valueAt(this.#traced.values, path);
    if (typeof raw !== "string" || !hasVariable(raw)) return raw;
    const isOpen = this.#open.some((open) => pathId(open) === pathId(path));
    return isOpen ? undefined : this.#valueAt(raw, path);
  }

  /** Ends at once where variables of variables would fill the memory. */
  #countCopy(path: KeyPath): void {
    if (++this.#copies <= MAX_COPIES) return;
    const message = `the variables stand for more than ${MAX_COPIES} values; write out what is needed`;
    throw new ConfigError([{ where: this.#originOf(path), path: formatKeyPath(path), message }]);
  }

  /** The value of a variable at its new place. */
  #completeAll(value: unknown, path: KeyPath): unknown {
    if (typeof value === "string") return this.#complete(value, path);
    if (Array.isArray(value)) return value.map((item, index) => this.#completeAll(item, [...path, index]));
    if (!isPlainMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.#completeAll(inner, [...path, key])]),
    );
  }

  #complete(text: string, path: KeyPath): string {
    return this.#options.complete?.(text, path, this.#originOf(path)) ?? text;
  }

  #originOf(path: KeyPath): Origin {
    return originOf({ values: this.#traced.values, origins: this.origins }, path);
  }

  #nothingAt(target: KeyPath): string {
    const name = formatKeyPath(target);
    const inSchema = allPaths(this.#options.schema ?? {});
    if (inSchema.includes(name)) return `\`${name}\` has no value; set it, or give a default: \${${name}:-...}`;
    const written = [...this.#traced.origins.keys()].map((id) => formatKeyPath(JSON.parse(id) as KeyPath));
    const near = nearest(name, [...written, ...inSchema].filter(Boolean));
    return `there is no key \`${name}\`${near === undefined ? "" : `, did you mean \`${near}\`?`}`;
  }

  #fail(path: KeyPath, message: string): never {
    throw new VariableFault({ where: this.#originOf(path), path: formatKeyPath(path), message });
  }
}

/** `data.train[0].file` as keys; undefined if it is none. */
function parseKeyPath(text: string): KeyPath | undefined {
  if (!/^[^.[\]]+(?:\.[^.[\]]+|\[\d+\])*$/.test(text)) return undefined;
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([key, index]) => (index === undefined ? key : Number(index)));
}

/** A text as YAML reads it; one that is no YAML is a text. */
function readValue(text: string): unknown {
  try {
    return parseYamlValue(text);
  } catch (error) {
    if (error instanceof ConfigError) return text;
    throw error;
  }
}

/** As JSON Schema names it. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
