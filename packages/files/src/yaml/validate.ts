/** Checks values against their schema and lists every fault with its place, what is valid there and what was meant. */
import { z } from "zod";
import { ConfigError, type ConfigIssue } from "../errors.ts";
import type { PlainMap } from "../plain-map.ts";
import { describeFault, ownWords } from "./describe-fault.ts";
import { formatKeyPath, type KeyPath, valueAt } from "./key-path.ts";
import { nearest } from "./nearest.ts";
import { originOf, type TracedValues } from "./origin.ts";
import { pathsEndingIn, validKeys } from "./schema-walk.ts";

/**
 * The values with every default of the schema.
 *
 * @throws {ConfigError} that lists every fault
 */
export function validate<Config>(schema: z.ZodType<Config>, traced: TracedValues): Config {
  const result = schema.safeParse(traced.values, { reportInput: true });
  if (result.success) return result.data;
  const keys = asJsonSchema(schema);
  throw new ConfigError(strictest(result.error.issues).flatMap((issue) => explain(issue, traced, keys)));
}

/** Found once for each schema, for questions about its keys. */
const jsonSchemas = new WeakMap<z.ZodType, PlainMap>();

function asJsonSchema(schema: z.ZodType): PlainMap {
  const known =
    jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as PlainMap);
  jsonSchemas.set(schema, known);
  return known;
}

/** Of several bounds that one number breaks, such as that of whole numbers and its own, the last is its own. */
function strictest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const boundOf = (issue: z.core.$ZodIssue) => `${issue.code} ${formatKeyPath(keysOf(issue.path))}`;
  const isBound = ({ code }: z.core.$ZodIssue) => code === "too_big" || code === "too_small";
  return issues.filter(
    (issue, index) => !isBound(issue) || !issues.slice(index + 1).some((later) => boundOf(later) === boundOf(issue)),
  );
}

function explain(issue: z.core.$ZodIssue, traced: TracedValues, schema: PlainMap): ConfigIssue[] {
  return faultsMeant(issue, [], traced).flatMap((fault) => {
    const path = keysOf(fault.path);
    if (fault.code === "unrecognized_keys") return fault.keys.map((key) => unknownKey(path, key, traced, schema));
    const where = originOf(traced, path);
    const variables = typeof where === "string" ? undefined : where.variables;
    const value = valueAt(traced.values, path);
    const message = describeFault(fault, value);
    const from = variables === undefined || value === undefined ? "" : `, from ${variables}`;
    return [{ where, path: formatKeyPath(path), message: `${message}${from}` }];
  });
}

/**
 * The faults behind an issue: those of the branch of a union that was meant, which is the one that got furthest into the
 * values and, of several, the one with the fewest faults. A union that has words of its own says them, unless one branch
 * alone takes the value as such.
 */
function faultsMeant(issue: z.core.$ZodIssue, above: KeyPath, traced: TracedValues): z.core.$ZodIssue[] {
  const path = [...above, ...keysOf(issue.path)];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => faultsMeant(inner, path, traced)));
  if (ownWords(issue) !== undefined) {
    const open = branches.filter((faults) => faults.every((fault) => !isRefusal(fault, path)));
    return open.length === 1 ? open[0]! : [{ ...issue, path }];
  }
  const [meant = []] = branches.toSorted(
    (a, b) => depthOf(b, traced) - depthOf(a, traced) || countOf(a, traced) - countOf(b, traced),
  );
  return meant;
}

/** Whether the fault is of the value at `path` as such, not of what is in it. */
function isRefusal(fault: z.core.$ZodIssue, path: KeyPath): boolean {
  return fault.path.length === path.length && fault.code !== "unrecognized_keys";
}

/** Length of the longest path to a fault; a key that is missing counts as a fault of the map around it. */
function depthOf(faults: readonly z.core.$ZodIssue[], traced: TracedValues): number {
  const depths = faults.map(({ path }) => {
    const isMissing = path.length > 0 && valueAt(traced.values, keysOf(path)) === undefined;
    return isMissing ? path.length - 1 : path.length;
  });
  return Math.max(0, ...depths);
}

/** How many faults there are; where no branch fits the kind, none of the keys has been looked at, so each counts. */
function countOf(faults: readonly z.core.$ZodIssue[], traced: TracedValues): number {
  const counts = faults.map((fault) => {
    if (fault.code === "unrecognized_keys") return fault.keys.length;
    if (fault.code !== "invalid_union") return 1;
    return 1 + Object.keys(valueAt(traced.values, keysOf(fault.path).slice(0, -1)) ?? {}).length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((key) => (typeof key === "symbol" ? key.toString() : key));
}

/** Places of a key without those deeper in a section that has it itself, such as `training.curriculum.epochs` beside `training.epochs`. */
function outermost(places: readonly string[]): string[] {
  const sections = places.map((place) => place.slice(0, place.lastIndexOf(".") + 1));
  const isDeeper = (inner: string) =>
    sections.some((outer) => outer !== "" && outer !== inner && inner.startsWith(outer));
  return places.filter((_, index) => !isDeeper(sections[index]!));
}

/** Places of a key beyond which none of them is likely to be meant, as with `kind`. */
const MOST_PLACES = 5;

function unknownKey(path: KeyPath, key: string, traced: TracedValues, schema: PlainMap): ConfigIssue {
  const keys = validKeys(schema, path, traced.values);
  const near = nearest(key, keys);
  const full = [...path, key];
  const elsewhere = outermost(pathsEndingIn(schema, key).filter((other) => other !== formatKeyPath(full)));
  let hint = `valid here: ${keys.join(", ")}`;
  if (near !== undefined) hint = `did you mean \`${near}\`?`;
  else if (elsewhere.length > 0 && elsewhere.length <= MOST_PLACES)
    hint = `did you mean \`${elsewhere.join("` or `")}\`?`;
  return { where: originOf(traced, full), path: formatKeyPath(full), message: `unknown key \`${key}\`, ${hint}` };
}
