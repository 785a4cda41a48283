/** `--set key.path=value`: one value written in YAML on the command line. */
import { ConfigError } from "@cellstate/files";
import { type Origin, parseYamlValue, type TracedValues } from "@cellstate/files/yaml";
import { UsageError } from "../errors.ts";
import { setValue, withoutReplacedSource } from "./layer.ts";

/**
 * Lays all `--set` over a config, one after another: together they are one layer, so it is all of them that say where the data
 * come from.
 *
 * @throws {UsageError} see {@link applyOverride}
 */
export function applyOverrides(layer: TracedValues, assignments: readonly string[]): TracedValues {
  return layValues(layer, assignments.map(parseAssignment));
}

/** A value for a key of a config. */
interface PlacedValue {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

/** Lays values over a config, one after another: together they are one layer. */
export function layValues(layer: TracedValues, placed: readonly PlacedValue[]): TracedValues {
  const layOne = (below: TracedValues, { path, value, origin }: PlacedValue) => setValue(below, path, value, origin);
  const alone = placed.reduce(layOne, { values: {}, origins: new Map() });
  return placed.reduce(layOne, withoutReplacedSource(layer, alone));
}

/**
 * Lays one `--set` over a config.
 *
 * @param assignment  `key.path=value`; the value is YAML, so `2`, `null`, `[a, b]` and `{ kind: sgd }` mean what they mean there;
 *   plain words are taken whole, also where a file would have a comment
 * @throws {UsageError} without a key or an equals sign, or if the value is not YAML
 */
export function applyOverride(layer: TracedValues, assignment: string): TracedValues {
  return layValues(layer, [parseAssignment(assignment)]);
}

function parseAssignment(assignment: string): PlacedValue {
  const equals = assignment.indexOf("=");
  const path = assignment.slice(0, Math.max(0, equals)).trim().split(".");
  if (path.includes("") || path.includes("__proto__")) {
    throw new UsageError(
      `--set takes key.path=value, such as --set training.epochs=2, got ${JSON.stringify(assignment)}`,
    );
  }
  const value = parseValue(assignment, assignment.slice(equals + 1));
  return { path, value, origin: `--set ${assignment}` };
}

function parseValue(assignment: string, text: string): unknown {
  try {
    return parseYamlValue(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`--set ${assignment}: the value is not YAML: ${error.issues[0]?.message}`);
  }
}
