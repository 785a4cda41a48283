/** Reads untrusted JSON values by hand: each helper narrows one value or throws with the key path of what is wrong. */
import { TokenizerFormatError } from "./errors.ts";

/** A JSON value as `toJson` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object as `toJson` returns it; keys are in a fixed order. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The own keys of an object: a Map, so that keys such as `__proto__` are ordinary ones. */
export type JsonFields = ReadonlyMap<string, unknown>;

export function asFields(value: unknown, path: string): JsonFields {
  return new Map(Object.entries(asObject(value, path)));
}

/** An object whose own keys are to be asked for, since it has others. */
export function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) throw new TokenizerFormatError(path, "an object", describe(value));
  return value;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TokenizerFormatError(path, "an array", describe(value));
  return value;
}

export function asString(value: unknown, path: string): string {
  if (typeof value !== "string") throw new TokenizerFormatError(path, "a string", describe(value));
  if (!value.isWellFormed()) throw new TokenizerFormatError(path, "well-formed Unicode", "a lone surrogate");
  return value;
}

/** A string of one code point. */
export function asCharacter(value: unknown, path: string): string {
  const text = asString(value, path);
  if ([...text].length !== 1) throw new TokenizerFormatError(path, "one character", describe(text));
  return text;
}

export function asBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new TokenizerFormatError(path, "true or false", describe(value));
  return value;
}

/** A token id: an integer from 0 to 2^31 - 1. */
export function asId(value: unknown, path: string): number {
  if (!isId(value)) throw notAnId(value, path);
  return value;
}

export function isId(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value && value >= 0;
}

export function notAnId(value: unknown, path: string): TokenizerFormatError {
  return new TokenizerFormatError(path, "an integer from 0 to 2147483647", describe(value));
}

/** One of a closed list of strings. */
export function asChoice<T extends string>(value: unknown, choices: readonly T[], path: string): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new TokenizerFormatError(path, `one of ${choices.join(", ")}`, describe(value));
  return choice;
}

/** The keys by which a stage of a file without `type` is known. */
type Shape<T extends string> = readonly [type: T, ...keys: string[]];

/** The `type` of a stage; where it is missing, that of the first shape whose keys are all there. */
export function asType<T extends string>(
  fields: JsonFields,
  types: readonly T[],
  shapes: readonly Shape<NoInfer<T>>[],
  path: string,
): T {
  const shape = fields.has("type") ? undefined : shapes.find(([, ...keys]) => keys.every((key) => fields.has(key)));
  return shape?.[0] ?? asChoice(fields.get("type"), types, child(path, "type"));
}

/** How deep arrays and objects may stand inside each other, as in Hugging Face's library. */
const MAX_DEPTH = 128;

/**
 * Parses the text of a JSON document, of which callers without types may be mistaken; a byte order mark before it does
 * not count.
 *
 * @throws {TokenizerFormatError} if it is none
 */
export function parseJson(text: string): unknown {
  if (typeof text !== "string") {
    throw new TokenizerFormatError("", "the text of a JSON document (fromJson takes its parsed value)", describe(text));
  }
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    throw new TokenizerFormatError("", "JSON", whyNotJson(text, error));
  }
}

function whyNotJson(text: string, error: unknown): string {
  if (text.trim() === "") return "an empty text";
  if (text.slice(0, 4).includes("\0")) return "what looks like UTF-16; save the file as UTF-8";
  return error instanceof Error ? error.message : "something else";
}

/** What a model's readers take flat alone, and too large to be looked through. */
const TABLES: ReadonlySet<string> = new Set(["vocab", "merges"]);

/**
 * Refuses documents nested so deep that reading them would overflow the stack. The tables of a model are left out.
 *
 * @throws {TokenizerFormatError} naming the key of the document below which it is too deep
 */
export function checkDepth(document: unknown): void {
  for (const [key, value] of isContainer(document) ? Object.entries(document) : []) {
    const isTooDeep = key === "model" && isPlainObject(value) ? isModelDeeper(value) : isDeeper(value, MAX_DEPTH - 1);
    if (isTooDeep) throw new TokenizerFormatError(child("", key), `at most ${MAX_DEPTH} nested levels`, "more");
  }
}

function isModelDeeper(model: object): boolean {
  return Object.entries(model).some(([key, value]) => !TABLES.has(key) && isDeeper(value, MAX_DEPTH - 2));
}

/** Whether containers stand in each other in more levels than so many; goes no deeper itself. */
function isDeeper(value: unknown, levels: number): boolean {
  if (!isContainer(value)) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((each) => typeof each === "object" && isDeeper(each, levels - 1));
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Reads a key by `read`, or gives `fallback` where the key is missing or null. */
export function optional<T, F>(
  fields: JsonFields,
  key: string,
  path: string,
  read: (value: unknown, path: string) => T,
  fallback: F,
): T | F {
  const value = fields.get(key);
  return value === undefined || value === null ? fallback : read(value, child(path, key));
}

/** Refuses a value that would change results in a way that this package does not implement. */
export function refuseUnless(fields: JsonFields, key: string, path: string, allowed: readonly unknown[]): void {
  const value = fields.get(key);
  if (value === undefined || allowed.includes(value)) return;
  const choices = allowed.map((choice) => JSON.stringify(choice)).join(" or ");
  throw new TokenizerFormatError(child(path, key), `${choices} (nothing else is supported)`, describe(value));
}

/** Appends a key or an index to a path. */
export function child(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** An object without prototype from pairs, so that a key such as `__proto__` stays a key. */
export function objectFromPairs(pairs: Iterable<readonly [string, JsonValue]>): JsonObject {
  const object: Record<string, JsonValue> = Object.create(null);
  for (const [key, value] of pairs) object[key] = value;
  return object;
}

/** A short text for messages: strings and numbers as they are, the kind of anything else. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
