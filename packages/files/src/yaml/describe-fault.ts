/** Says of one fault what was required, what came and what was meant. */
import { z } from "zod";
import { isPlainMap } from "../plain-map.ts";
import { nearest } from "./nearest.ts";

/**
 * A sentence without its subject, such as `must be at least 1, got 0`.
 *
 * @param fault  as zod reports it with `reportInput`
 * @param value  what stands there; undefined if it is missing
 */
export function describeFault(fault: z.core.$ZodIssue, value: unknown): string {
  if (fault.code === "invalid_union" && "options" in fault) {
    // A kind with a default may be left out, which zod lists as a choice.
    const valid = (fault.options ?? []).filter((option) => option !== undefined);
    return choices(valid.map(String), value, String(fault.path.at(-1)));
  }
  if (fault.code === "invalid_key") return `${fault.issues[0]?.message ?? fault.message}, got the key ${keyOf(fault)}`;
  if (value === undefined) return `is missing; ${requirement(fault)}`;
  if (fault.code === "custom") return fault.message;
  if (fault.code === "invalid_value" && ownWords(fault) === undefined) {
    return choices(fault.values.map(String), value, "value");
  }
  if (typeof value === "number" && !Number.isFinite(value)) return `must be a finite number, got ${value}`;
  return `${requirement(fault)}, got ${show(value)}`;
}

/** The message that the schema itself has for a fault; undefined where it leaves the words to zod. */
export function ownWords(fault: z.core.$ZodIssue): string | undefined {
  const standard = z.config().localeError?.(fault as z.core.$ZodRawIssue);
  return fault.message === (typeof standard === "object" ? standard?.message : standard) ? undefined : fault.message;
}

function choices(valid: readonly string[], value: unknown, what: string): string {
  const near = typeof value === "string" ? nearest(value, valid) : undefined;
  const hint = near === undefined ? "" : `, did you mean \`${near}\`?`;
  const list = `must be ${valid.length > 1 ? "one of " : ""}${valid.join(", ")}`;
  return value === undefined ? `\`${what}\` is missing; it ${list}` : `${list}, got ${show(value)}${hint}`;
}

function requirement(fault: z.core.$ZodIssue): string {
  const own = ownWords(fault);
  if (own !== undefined) return own;
  switch (fault.code) {
    case "invalid_type":
      return `must be ${typeName(fault.expected)}`;
    case "invalid_value":
      return `must be ${fault.values.map(String).join(" or ")}`;
    case "too_small":
      return `must be ${fault.inclusive ? "at least" : "greater than"} ${fault.minimum}${unitOf(fault.origin)}`;
    case "too_big":
      return `must be ${fault.inclusive ? "at most" : "less than"} ${fault.maximum}${unitOf(fault.origin)}`;
    default:
      return fault.message;
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    object: "a map of keys",
    record: "a map of keys",
    array: "a list",
    int: "a whole number",
    number: "a number",
    string: "text",
    boolean: "true or false",
  };
  return names[expected] ?? expected;
}

function keyOf({ path }: z.core.$ZodIssue): string {
  return `\`${String(path.at(-1))}\``;
}

function show(value: unknown): string {
  if (isPlainMap(value)) return `a map with the keys ${Object.keys(value).join(", ") || "(none)"}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return `${text.length > 60 ? `${text.slice(0, 57)}...` : text}${typeof value === "string" ? " (text)" : ""}`;
}
