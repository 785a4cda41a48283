/** Checks a config against its schema and says of each fault where it is, what came, what is valid and what was meant. */
import { z } from "zod";
import { ConfigError, type ConfigIssue } from "../errors.ts";
import { formatKeyPath, isPlainMap, type KeyPath, type PlainMap, valueAt } from "./key-path.ts";
import { type Layer, originOf } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { pathsEndingIn, validKeys } from "./schema-walk.ts";

/**
 * The layer's values with every default of the schema.
 *
 * @throws {ConfigError} that lists every fault
 */
export function validate<Config>(schema: z.ZodType<Config>, layer: Layer): Config {
  const result = schema.safeParse(layer.values);
  if (result.success) return result.data;
  const jsonSchema = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as PlainMap;
  throw new ConfigError(result.error.issues.flatMap((issue) => explain(issue, layer, jsonSchema)));
}

function explain(issue: z.core.$ZodIssue, layer: Layer, schema: PlainMap): ConfigIssue[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? key.toString() : key));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, layer, schema));
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // The branch that came furthest is the one that was meant.
    const deepest = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]!;
    return deepest.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, layer, schema));
  }
  const where = originOf(layer, path);
  return [{ where, path: formatKeyPath(path), message: describe(issue, path, layer) }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function unknownKey(path: KeyPath, key: string, layer: Layer, schema: PlainMap): ConfigIssue {
  const keys = validKeys(schema, path, layer.values);
  const near = nearest(key, keys);
  const full = [...path, key];
  const elsewhere = pathsEndingIn(schema, key).filter((other) => other !== formatKeyPath(full));
  let hint = `valid here: ${keys.join(", ")}`;
  if (near !== undefined) hint = `did you mean \`${near}\`?`;
  else if (elsewhere.length > 0) hint = `did you mean \`${elsewhere.join("` or `")}\`?`;
  return { where: originOf(layer, full), path: formatKeyPath(full), message: `unknown key \`${key}\`, ${hint}` };
}

function describe(issue: z.core.$ZodIssue, path: KeyPath, layer: Layer): string {
  const value = valueAt(layer.values, path);
  if (issue.code === "invalid_union" && "options" in issue) {
    // A kind with a default may be left out, which zod lists as a choice.
    const valid = (issue.options ?? []).filter((option) => option !== undefined);
    return choices(valid.map(String), value, String(issue.path.at(-1)));
  }
  if (value === undefined) return `is missing; ${requirement(issue)}`;
  if (issue.code === "invalid_value") return choices(issue.values.map(String), value, "value");
  if (issue.code === "custom") return issue.message;
  return `${requirement(issue)}, got ${show(value)}`;
}

function choices(valid: readonly string[], value: unknown, what: string): string {
  const near = typeof value === "string" ? nearest(value, valid) : undefined;
  const hint = near === undefined ? "" : `, did you mean \`${near}\`?`;
  const list = `must be ${valid.length > 1 ? "one of " : ""}${valid.join(", ")}`;
  return value === undefined ? `\`${what}\` is missing; it ${list}` : `${list}, got ${show(value)}${hint}`;
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeName(issue.expected)}`;
    case "invalid_value":
      return `must be ${issue.values.map(String).join(" or ")}`;
    case "too_small":
      return `must be ${issue.inclusive ? "at least" : "greater than"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    object: "a map of keys",
    array: "a list",
    int: "a whole number",
    number: "a number",
    string: "text",
    boolean: "true or false",
  };
  return names[expected] ?? expected;
}

function show(value: unknown): string {
  if (isPlainMap(value)) return `a map with the keys ${Object.keys(value).join(", ") || "(none)"}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return `${text.length > 60 ? `${text.slice(0, 57)}...` : text}${typeof value === "string" ? " (text)" : ""}`;
}
