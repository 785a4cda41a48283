import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { parseYaml } from "./parse-yaml.ts";
import { validate } from "./validate.ts";

const layer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("dense"), units: z.int().min(1).max(100) }),
  z.strictObject({ kind: z.literal("dropout"), rate: z.number().gte(0).lt(1).default(0.5) }),
]);
const size = z.union([z.int(), z.strictObject({ width: z.int(), height: z.int() })]);
const source = z.union([z.string(), z.strictObject({ url: z.string() }), z.record(z.string(), z.number())], {
  error: "expected a path, {url} or a number for each name",
});
const schema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/, "must be small letters"),
  version: z.literal(1, { error: "expected 1, the only version" }).optional(),
  mode: z.enum(["fast", "exact"]).default("exact"),
  layers: z.array(layer).min(1).optional(),
  size: size.optional(),
  source: source.optional(),
  scores: z.record(z.string().regex(/^[a-z]+$/, "a score has small letters"), z.number()).optional(),
});

/** The lines that say what is wrong with a text. */
function faults(text: string): string {
  try {
    validate(schema, parseYaml(text, "a.yaml"));
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("values come back with the schema's defaults", () => {
  const values = parseYaml("name: a\nlayers: [{ kind: dropout }]", "a.yaml");
  expect(validate(schema, values)).toEqual({ name: "a", mode: "exact", layers: [{ kind: "dropout", rate: 0.5 }] });
});

test.each([
  ["a missing key", "mode: fast", "a.yaml:1:1: name: is missing; must be text"],
  ["a wrong type", "name: 3", "a.yaml:1:1: name: must be text, got 3"],
  ["the schema's own words", "name: A", 'a.yaml:1:1: name: must be small letters, got "A" (text)'],
  ["own words for one value", "name: a\nversion: 2", "a.yaml:2:1: version: expected 1, the only version, got 2"],
  [
    "a mistyped choice",
    "name: a\nmode: fats",
    'a.yaml:2:1: mode: must be one of fast, exact, got "fats" (text), did you mean `fast`?',
  ],
  ["a mistyped key", "name: a\nmoed: fast", "a.yaml:2:1: moed: unknown key `moed`, did you mean `mode`?"],
  [
    "a key of another kind",
    "name: a\nlayers:\n  - kind: dense\n    units: 1\n    rate: 0.1",
    "a.yaml:5:5: layers[0].rate: unknown key `rate`, valid here: kind, units",
  ],
  [
    "a limit",
    "name: a\nlayers: [{ kind: dense, units: 0 }]",
    "a.yaml:2:25: layers[0].units: must be at least 1, got 0",
  ],
  ["a list too short", "name: a\nlayers: []", "a.yaml:2:1: layers: must be at least 1 items long, got a list of 0"],
  [
    "the branch of a union that was meant",
    "name: a\nsize: { width: 3, height: tall }",
    'a.yaml:2:19: size.height: must be a number, got "tall" (text)',
  ],
  [
    "a union that refuses the kind of value",
    "name: a\nsize: [1]",
    "a.yaml:2:1: size: must be a number, got a list of 1",
  ],
  [
    "a union with words of its own, no branch of which takes the value",
    "name: a\nsource: 5",
    "a.yaml:2:1: source: expected a path, {url} or a number for each name, got 5",
  ],
  [
    "a union with words of its own, two branches of which may be meant",
    "name: a\nsource: { ulr: x }",
    "a.yaml:2:1: source: expected a path, {url} or a number for each name, got a map with the keys ulr",
  ],
  [
    "a number beyond the bound of whole numbers and its own",
    "name: a\nlayers: [{ kind: dense, units: 1e30 }]",
    "a.yaml:2:25: layers[0].units: must be at most 100, got 1e+30",
  ],
  [
    "a wrong name of an entry",
    "name: a\nscores: { F1: 1 }",
    "a.yaml:2:11: scores.F1: a score has small letters, got the key `F1`",
  ],
])("%s is said with its place, what came and what is valid", (_, text, message) => {
  expect(faults(text)).toBe(message);
});

describe("several faults", () => {
  test("have a line each", () => {
    expect(faults("mode: fast\nnam: a")).toBe(
      "a.yaml:1:1: name: is missing; must be text\na.yaml:2:1: nam: unknown key `nam`, did you mean `name`?",
    );
  });
});

test("values that were not written in a file name where they came from", () => {
  const origins = new Map([["[]", "--set name=3"]]);
  expect(() => validate(schema, { values: { name: 3 }, origins })).toThrow("--set name=3: name: must be text, got 3");
});

test("a key that belongs elsewhere is told where, unless it has many places", () => {
  const parts = (count: number) =>
    z.strictObject({
      size: z.int().optional(),
      ...Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`part${i}`, z.strictObject({ kind: z.string() }).optional()]),
      ),
    });
  const faultOf = (count: number): string => {
    try {
      validate(parts(count), parseYaml("kind: lstm", "a.yaml"));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(faultOf(2)).toBe("a.yaml:1:1: kind: unknown key `kind`, did you mean `part0.kind` or `part1.kind`?");
  expect(faultOf(6)).toMatch(/^a.yaml:1:1: kind: unknown key `kind`, valid here: size, part0, /);
});
