/** From a stage of a config to the value of tokenizer.json that says the same, which the readers of that file take. */
import { type JsonObject, type JsonValue, objectFromPairs } from "../json.ts";
import type { PatternConfig } from "./stage.ts";

/** An object with a `type` and options. */
export interface Stage {
  readonly type: string;
  readonly pattern?: PatternConfig;
}

/** Options keep their values and get the names of that file: `prependScheme` becomes `prepend_scheme`. */
export function stageToJson({ pattern, ...options }: Stage): JsonObject {
  const pairs = Object.entries(options).map(([key, value]) => [snakeCase(key), value as JsonValue] as const);
  return objectFromPairs(pattern === undefined ? pairs : [...pairs, ["pattern", patternToJson(pattern)]]);
}

/**
 * Stages one after the other, as the file has them.
 *
 * @param key under which a sequence lists them, such as `normalizers`
 */
export function sequenceToJson(stages: readonly JsonObject[], key: string): JsonObject {
  const [first, ...rest] = stages;
  return first !== undefined && rest.length === 0 ? first : { type: "Sequence", [key]: stages };
}

function patternToJson(pattern: PatternConfig): JsonObject {
  return typeof pattern === "string" ? { String: pattern } : { Regex: pattern.regex };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
