/** Chooses and sorts runs by their values: `dev.accuracy > 0.8`, `config.optimizer.kind = adamw`, `tags ~ base`. */
import { isPlainMap } from "@cellstate/files";
import { nearest, parseYamlValue } from "@cellstate/files/yaml";
import type { Plan } from "@cellstate/tasks";
import { UsageError } from "../../errors.ts";
import type { ListedRun, RunEntry } from "../../run/run-entry.ts";

const OPERATORS = [">=", "<=", "!=", "=", ">", "<", "~"] as const;
type Operator = (typeof OPERATORS)[number];

/** A condition on one value. */
export interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: unknown;
}

/**
 * @param text  `key operator value`: `=` and `!=` compare values, `<`, `<=`, `>`, `>=` numbers, `~` looks for a part of a text or a member
 *   of a list; the value is YAML
 * @throws {UsageError} if it is no condition
 */
export function parseCondition(text: string): Condition {
  const match = /^\s*([^\s<>=!~]+)\s*(>=|<=|!=|==|=|>|<|~)\s*(.*?)\s*$/s.exec(text);
  if (match === null) {
    throw new UsageError(
      `--where takes "key operator value", such as "dev.accuracy > 0.8", with one of ${OPERATORS.join(" ")}; got ${JSON.stringify(text)}`,
    );
  }
  const [, key, found, given] = match as unknown as [string, string, string, string];
  const operator = (found === "==" ? "=" : found) as Operator;
  const value = given === "" ? "" : parseYamlValue(given);
  if (["<", "<=", ">", ">="].includes(operator) && typeof value !== "number") {
    throw new UsageError(`--where ${text}: ${operator} compares with a number, got ${JSON.stringify(value)}`);
  }
  return { key, operator, value };
}

/** Whether a condition holds for a run; it does not where the run has no such value. */
export function holds({ key, operator, value }: Condition, entry: RunEntry): boolean {
  const own = valueAt(entry, key);
  if (own === undefined) return false;
  switch (operator) {
    case "=":
      return JSON.stringify(own) === JSON.stringify(value);
    case "!=":
      return JSON.stringify(own) !== JSON.stringify(value);
    case "~":
      return Array.isArray(own) ? own.includes(value) : String(own).includes(String(value));
    default:
      return typeof own === "number" && compares(own, operator, value as number);
  }
}

function compares(own: number, operator: "<" | "<=" | ">" | ">=", value: number): boolean {
  if (operator === "<") return own < value;
  if (operator === "<=") return own <= value;
  return operator === ">" ? own > value : own >= value;
}

/** The value of a run by its key: as it stands, or below `metrics`, or below `config`. */
export function valueAt(entry: RunEntry, key: string): unknown {
  for (const path of [key, `metrics.${key}`, `config.${key}`]) {
    const value = at(entry, path.split("."));
    if (value !== undefined) return value;
  }
  return undefined;
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return isPlainMap(value) ? undefined : value;
  return isPlainMap(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined;
}

/** @throws {UsageError} with the nearest key, if no run has a value of that key */
export function requireKey(option: string, key: string, runs: readonly ListedRun[]): void {
  if (runs.length === 0 || runs.some(({ entry }) => valueAt(entry, key) !== undefined)) return;
  const keys = new Set(runs.flatMap(({ entry }) => keysOf(entry)));
  const near = nearest(key, [...keys]);
  throw new UsageError(
    `${option}: no run has a value ${key}${near === undefined ? "" : `; did you mean ${near}?`} (runs list --json shows all of them)`,
  );
}

function keysOf(entry: RunEntry): string[] {
  const short = (key: string) => key.replace(/^(metrics|config)\./, "");
  return leaves(entry, []).map((path) => short(path.join(".")));
}

function leaves(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (!isPlainMap(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** The best scores first, other numbers and texts rising, runs without the value last. */
export function sortRuns(runs: readonly ListedRun[], key: string, reverse: boolean): ListedRun[] {
  const direction = (isScoreToRaise(key, runs) ? -1 : 1) * (reverse ? -1 : 1);
  return runs.toSorted((a, b) => {
    const [one, other] = [valueAt(a.entry, key), valueAt(b.entry, key)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    if (typeof one === "number" && typeof other === "number") return direction * (one - other);
    return direction * (String(one) < String(other) ? -1 : Number(String(one) > String(other)));
  });
}

/** Whether a key is that of a metric of which more is better. */
function isScoreToRaise(key: string, runs: readonly ListedRun[]): boolean {
  const name = key.split(".").at(-1);
  const metricsOf = ({ plan, entry }: { plan: Plan | undefined; entry: RunEntry }) =>
    at(entry, ["metrics", ...key.replace(/^metrics\./, "").split(".")]) === undefined ? [] : (plan?.metrics ?? []);
  return runs.flatMap(metricsOf).find((metric) => metric.name === name)?.direction === "max";
}
