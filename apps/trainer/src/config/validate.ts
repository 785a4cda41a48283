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
  return faultsMeant(issue, [], layer).flatMap((fault) => {
    const path = keysOf(fault.path);
    if (fault.code === "unrecognized_keys") return fault.keys.map((key) => unknownKey(path, key, layer, schema));
    return [{ where: originOf(layer, path), path: formatKeyPath(path), message: describe(fault, path, layer) }];
  });
}

/**
 * The faults behind an issue: those of the branch of a union that was meant, which is the one that got furthest into the
 * values and, of several, the one with the fewest faults.
 */
function faultsMeant(issue: z.core.$ZodIssue, above: KeyPath, layer: Layer): z.core.$ZodIssue[] {
  const path = [...above, ...keysOf(issue.path)];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => faultsMeant(inner, path, layer)));
  const [meant = []] = branches.toSorted(
    (a, b) => depthOf(b, layer) - depthOf(a, layer) || countOf(a, layer) - countOf(b, layer),
  );
  return meant;
}

/** Length of the longest path to a fault; a key that is missing counts as a fault of the map around it. */
function depthOf(faults: readonly z.core.$ZodIssue[], layer: Layer): number {
  const depths = faults.map(({ path }) => {
    const isMissing = path.length > 0 && valueAt(layer.values, keysOf(path)) === undefined;
    return isMissing ? path.length - 1 : path.length;
  });
  return Math.max(0, ...depths);
}

/** How many faults there are; where no branch fits the kind, none of the keys has been looked at, so each counts. */
function countOf(faults: readonly z.core.$ZodIssue[], layer: Layer): number {
  const counts = faults.map((fault) => {
    if (fault.code === "unrecognized_keys") return fault.keys.length;
    if (fault.code !== "invalid_union") return 1;
    return 1 + Object.keys(valueAt(layer.values, keysOf(fault.path).slice(0, -1)) ?? {}).length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((key) => (typeof key === "symbol" ? key.toString() : key));
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
