import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import type { PlainMap } from "../plain-map.ts";
import { pathId } from "./key-path.ts";
import { formatOrigin, originOf } from "./origin.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type ResolveOptions, resolveVariables } from "./resolve-variables.ts";
import { validate } from "./validate.ts";
import { escapeVariables } from "./variable-text.ts";

const env = { SIZE: "64", HOME: "/users/me", EMPTY: "", LIST: "[1, two]", YEAR: "2024", ODD: "a: b" };
const resolve = (text: string, options: Partial<ResolveOptions> = {}) =>
  resolveVariables(parseYaml(text, "a.yaml"), { env, ...options });
const values = (text: string, options?: Partial<ResolveOptions>) => resolve(text, options).values;
const fault = (text: string, options?: Partial<ResolveOptions>): string => {
  try {
    resolve(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("a variable", () => {
  test.each([
    ["${env:SIZE}", 64],
    ["${env:LIST}", [1, "two"]],
    ["${env:ODD}", "a: b"],
    ["${env:EMPTY}", null],
    ["${env:NONE:-8}", 8],
    ["${env:EMPTY:-8}", 8],
    ["${env:NONE:-}", null],
    ["${env:NONE:-${env:SIZE}}", 64],
    ["${env:NONE:-${a.size}}", 3],
    ["${a.size}", 3],
    ["${a.list[1]}", 2],
    ["${a.list}", [1, 2]],
    ["${a.none:-x}", "x"],
    ["${a.${which}}", 3],
    ["${a}", { size: 3, list: [1, 2] }],
    ["${env:HOME}/data", "/users/me/data"],
    ["s${a.size}-${env:SIZE}", "s3-64"],
    ["${env:SIZE}${env:EMPTY}", "64"],
    ["$${env:SIZE}", "${env:SIZE}"],
    ["$$${env:SIZE}", "$64"],
    ["$$$${x}", "$${x}"],
    ["^a$|$b{2}", "^a$|$b{2}"],
  ])("%s is %j", (text, expected) => {
    expect(values(`a: { size: 3, list: [1, 2] }\nwhich: size\nx: '${text}'\n`).x).toEqual(expected);
  });

  test("stands for values that hold variables themselves, in any order", () => {
    expect(values("x: ${y}\ny: ${z.deep}\nz: { deep: 'v${n}' }\nn: 1\n").x).toBe("v1");
    expect(values("x: ${y.deep}\ny: ${z}\nz: { deep: [1] }\n").x).toEqual([1]);
  });

  test.each([
    [
      "x: ${env:HOMER}",
      "a.yaml:1:1: x: ${env:HOMER}: the environment variable HOMER is not set (did you mean HOME?); set it, or give a default: ${env:HOMER:-...}",
    ],
    [
      "x: ${env:A-1}",
      "a.yaml:1:1: x: ${env:A-1}: `A-1` cannot be the name of an environment variable; a default stands behind :-",
    ],
    [
      "x: ${model.sise}\nmodel: { size: 1 }",
      "a.yaml:1:1: x: ${model.sise}: there is no key `model.sise`, did you mean `model.size`?",
    ],
    [
      "x: ${oc.env:HOME}",
      "a.yaml:1:1: x: ${oc.env:HOME}: there are no variables `oc.env:`; write ${env:NAME} or ${key.path}",
    ],
    ["x: ${ENV:HOME}", "a.yaml:1:1: x: ${ENV:HOME}: there are no variables `ENV:`; write ${env:NAME} or ${key.path}"],
    ["x: ${a..b}", "a.yaml:1:1: x: ${a..b}: `a..b` is no key path such as model.pooling"],
    ["x: a ${env:HOME", "a.yaml:1:1: x: opens a variable by ${ and never closes it; write $${ where ${ is text"],
    ["x: a ${ }", "a.yaml:1:1: x: holds a variable without a name; write ${env:NAME} or ${key.path}"],
    ["x: ${x}", "a.yaml:1:1: x: the variables go round in a circle: x -> x"],
    ["x: ${y}\ny: { z: 'a${x}' }", "a.yaml:2:6: y.z: the variables go round in a circle: x -> y -> y.z -> x"],
    ["x: { y: '${x}' }", "a.yaml:1:6: x.y: the variables go round in a circle: x -> x.y -> x"],
    ["x: a${y}\ny: [1]", "a.yaml:1:1: x: ${y} is a list, which cannot be part of a text"],
    ["x: a${y}\ny: null", "a.yaml:1:1: x: ${y} is null, which cannot be part of a text"],
  ])("%j is refused with its place", (text, message) => {
    expect(fault(text)).toBe(message);
  });

  test("that is wrong is told once, and all of them together", () => {
    const lines = fault("x: ${y}\ny: ${env:NONE}\nz: ${nothing.near}\n").split("\n");
    expect(lines).toEqual([expect.stringMatching(/^a\.yaml:2:1: y: /), expect.stringMatching(/^a\.yaml:3:1: z: /)]);
  });

  test("cannot fill the memory", () => {
    const maps = Array.from({ length: 8 }, (_, level) => `k${level + 1}: [${Array(9).fill(`"\${k${level}}"`)}]`);
    expect(fault(["k0: 1", ...maps].join("\n"))).toContain("the variables stand for more than 10000 values");
    const texts = Array.from({ length: 30 }, (_, level) => `k${level + 1}: "\${k${level}}\${k${level}}"`);
    expect(fault(["k0: ab", ...texts].join("\n"))).toContain("the variables here make more than 10000 characters");
    expect(fault(`x: "${"${".repeat(50_000)}"`)).toContain("variables nested deeper than 30 levels");
  });

  test("stands for environment variables alone where other keys are not known yet", () => {
    expect(fault("x: ${y}\ny: 1", { environmentAlone: true })).toContain("x: ${y}: only ${env:...} can stand here");
    expect(values("x: ${env:SIZE}", { environmentAlone: true }).x).toBe(64);
  });
});

const encoder = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("lstm").default("lstm"), size: z.int().default(7) }),
  z.strictObject({ kind: z.literal("gru"), size: z.int().default(9), name: z.string().optional() }),
]);
const config = z.strictObject({
  name: z.string(),
  encoder: encoder.prefault({}),
  rate: z.number().optional(),
  copy: z.int().optional(),
});
const schema = z.toJSONSchema(config, { io: "input" }) as PlainMap;

describe("with a schema", () => {
  test("a key that is not written has its default, that of the kind which is chosen", () => {
    expect(values("name: a\ncopy: ${encoder.size}", { schema }).copy).toBe(7);
    expect(values("name: a\nencoder: { kind: gru }\ncopy: ${encoder.size}", { schema }).copy).toBe(9);
    expect(values("name: gru\nencoder: { kind: '${name}' }\ncopy: ${encoder.size}", { schema }).copy).toBe(9);
  });

  test("a key without a default has no value, and one that is unknown has a neighbour", () => {
    expect(fault("name: a\ncopy: ${rate}", { schema })).toContain(
      "`rate` has no value; set it, or give a default: ${rate:-...}",
    );
    expect(fault("name: a\ncopy: ${encoder.sizes}", { schema })).toContain("did you mean `encoder.size`?");
  });

  test("a number from outside is a text where the schema takes texts alone", () => {
    expect(values("name: ${env:YEAR}\ncopy: ${env:YEAR}", { schema })).toEqual({ name: "2024", copy: 2024 });
  });

  test("a fault of a value says which variables it is from", () => {
    const traced = resolve("name: a\ncopy: ${env:HOME}", { schema });
    expect(() => validate(config, traced)).toThrow(
      'a.yaml:2:1: copy: must be a number, got "/users/me" (text), from ${env:HOME}',
    );
  });
});

test("an origin tells the text with variables; below it stands where the values were written", () => {
  const traced = resolve("variables:\n  big: { size: 3 }\nmodel: ${variables.big}\n");
  expect(traced.origins.get(pathId(["model"]))).toEqual({
    file: "a.yaml",
    line: 3,
    column: 1,
    variables: "${variables.big}",
  });
  expect(formatOrigin(originOf(traced, ["model", "size"]))).toBe("a.yaml:2:10");
});

test("each text is completed where it stands in the end, once it has its variables", () => {
  const complete = (text: string, path: readonly (string | number)[]) =>
    path[0] === "file" ? `/configs/${text}` : text;
  expect(values("base: a\nfile: '${base}.tsv'\nsame: ${file}", { complete })).toEqual({
    base: "a",
    file: "/configs/a.tsv",
    same: "/configs/a.tsv",
  });
});

test.each(["${a}", "$${a}", "a $$$${b} {$}", "$", "${"])("%j escaped stands for itself", (text) => {
  const traced = { values: { x: escapeVariables(text) }, origins: new Map([[pathId([]), "test"]]) };
  expect(resolveVariables(traced, { env: {} }).values.x).toBe(text);
});
