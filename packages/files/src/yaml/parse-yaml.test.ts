import { describe, expect, test } from "vitest";
import { pathId } from "./key-path.ts";
import { parseYaml } from "./parse-yaml.ts";

describe("parseYaml", () => {
  test("gives plain values and the line and column of every key", () => {
    const { values, origins } = parseYaml("name: a\nmodel:\n  size: 3\n  list: [1, 2]\n", "a.yaml");
    expect(values).toEqual({ name: "a", model: { size: 3, list: [1, 2] } });
    expect(origins.get(pathId(["model", "size"]))).toEqual({ file: "a.yaml", line: 3, column: 3 });
    expect(origins.get(pathId(["model", "list", 1]))).toEqual({ file: "a.yaml", line: 4, column: 13 });
  });

  test("follows a few aliases and knows where their keys were written", () => {
    const { values, origins } = parseYaml("a: &x { size: 1 }\nb: *x\n", "a.yaml");
    expect(values).toEqual({ a: { size: 1 }, b: { size: 1 } });
    expect(origins.get(pathId(["b", "size"]))).toEqual({ file: "a.yaml", line: 1, column: 9 });
  });

  test("refuses a duplicate key with its place", () => {
    expect(() => parseYaml("name: a\nseed: 1\nname: b\n", "a.yaml")).toThrow(
      /^a\.yaml:3:1: this key stands here twice/,
    );
  });

  test("refuses an alias bomb", () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [before, name] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
      levels.push(
        `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`,
      );
    }
    expect(() => parseYaml(levels.join("\n"), "bomb.yaml")).toThrow(/^bomb\.yaml: the aliases of this file unfold/);
  });

  test("refuses broken YAML with line and column", () => {
    expect(() => parseYaml("name: a\nmodel: [1, 2\n", "a.yaml")).toThrow(/^a\.yaml:\d+:\d+: /);
  });

  test.each([
    ["", /^a\.yaml: is empty/],
    ["# nothing\n", /^a\.yaml: is empty/],
    ["- 1\n- 2\n", /^a\.yaml:1:1: must be a map of keys such as `name: \.\.\.`, got a list/],
    ["just text", /got one value/],
    ["__proto__: { a: 1 }\n", /no key can be named `__proto__`/],
    ["name: !!js/function 'x'\n", /^a\.yaml:1:\d+: /],
    ["name: a\n---\nname: b\n", /^a\.yaml:\d+:\d+: /],
  ])("refuses %j", (text, message) => {
    expect(() => parseYaml(text, "a.yaml")).toThrow(message);
  });

  test("refuses a file that is far too large and one that is nested far too deep", () => {
    expect(() => parseYaml(`name: ${"a".repeat(2 << 20)}`, "a.yaml")).toThrow(/longer than 1048576 characters/);
    expect(() => parseYaml(`a: ${"[".repeat(40)}${"]".repeat(40)}`, "a.yaml")).toThrow(/nested deeper than 30 levels/);
  });
});
