import { describe, expect, test } from "vitest";
import { pathId } from "./key-path.ts";
import { parseYamlValue } from "./parse-value.ts";
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

  test("`<<` takes over the keys of a map that are not written beside it, one level deep, and knows where they were", () => {
    const { values, origins } = parseYaml(
      "a: &x { size: 1, in: { p: 1, q: 2 } }\nb:\n  in: { p: 3 }\n  <<: *x\n  size: 2\n",
      "a.yaml",
    );
    expect(values.b).toEqual({ size: 2, in: { p: 3 } });
    expect(origins.get(pathId(["b", "size"]))).toMatchObject({ line: 5 });
    expect(origins.get(pathId(["b", "in", "p"]))).toMatchObject({ line: 3 });
    expect(origins.has(pathId(["b", "in", "q"]))).toBe(false);
    const inherited = parseYaml("a: &x { in: { p: 1 } }\nb: { <<: *x, size: 2 }\n", "a.yaml");
    expect(inherited.values.b).toEqual({ in: { p: 1 }, size: 2 });
    expect(inherited.origins.get(pathId(["b", "in", "p"]))).toMatchObject({ line: 1, column: 15 });
  });

  test("`<<` takes over several maps, of which the first one that has a key wins; in quotes it is a key", () => {
    const text =
      "a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], w: 0 }\nd: { '<<': 1 }\ne: { <<: { <<: *a, x: 5 } }\n";
    const { values } = parseYaml(text, "a.yaml");
    expect(values.c).toEqual({ x: 1, y: 1, z: 2, w: 0 });
    expect(values.d).toEqual({ "<<": 1 });
    expect(values.e).toEqual({ x: 5, y: 1 });
  });

  test("refuses a duplicate key with its place", () => {
    expect(() => parseYaml("name: a\nseed: 1\nname: b\n", "a.yaml")).toThrow(
      /^a\.yaml:3:1: this key stands here twice/,
    );
  });

  test("refuses an alias bomb at the alias that is too much", () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [before, name] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
      levels.push(
        `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`,
      );
    }
    expect(() => parseYaml(levels.join("\n"), "bomb.yaml")).toThrow(
      /^bomb\.yaml:5:12: the aliases of this file stand for more than 10000 values/,
    );
  });

  test("an anchor holds from where it stands until the next of its name", () => {
    expect(parseYaml("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "a.yaml").values).toEqual({ a: 1, b: 1, c: 2, d: 2 });
    expect(parseYaml("a: &m { b: &x 1 }\nc: &x 2\nd: *m\ne: *x\n", "a.yaml").values.e).toBe(2);
  });

  test("a key is the text that stands in the file", () => {
    expect(parseYaml("labels: { 1.0: a, 0x10: b, True: c, ~: d }\n", "a.yaml").values.labels).toEqual({
      "1.0": "a",
      "0x10": "b",
      True: "c",
      "~": "d",
    });
  });

  test("reads bytes of UTF-8, with or without a mark of it", () => {
    const utf8 = (text: string) => new TextEncoder().encode(text);
    expect(parseYaml(utf8("\ufeffname: 名\r\nseed: 1\r\n"), "a.yaml").values).toEqual({ name: "名", seed: 1 });
    expect(() => parseYaml(Buffer.from("a: 1\nname: é\n", "latin1"), "a.yaml")).toThrow(
      /^a\.yaml:2:1: this line is not UTF-8 text; save the file as UTF-8$/,
    );
    expect(() => parseYaml(Buffer.from("\ufeffname: a", "utf16le"), "a.yaml")).toThrow(
      /^a\.yaml: is UTF-16 text; save it as UTF-8$/,
    );
  });

  test("shows the line of a fault and marks the place", () => {
    expect(() => parseYaml("name: a\nmodel: [1, 2\nseed: 1\n", "a.yaml")).toThrow(
      "a.yaml:2:8: this bracket is opened and never closed\n  2 | model: [1, 2\n    |        ^",
    );
    expect(() => parseYaml("\u540d: b: c\n", "a.yaml")).toThrow(/\n {2}1 \| 名: b: c\n {4}\| {5}\^$/);
    expect(() => parseYaml(`a: ${"x".repeat(200)} @b: c\n`, "a.yaml")).toThrow(/\n.{1,90}\n.{1,90}\^$/);
  });

  test.each<[string, RegExp]>([
    ["size: *dim\n", /^a\.yaml:1:7: \*dim stands for a value marked &dim, and there is none above/],
    ["a: &a [*a]\n", /^a\.yaml:1:8: \*a stands inside what it stands for/],
    ["a: 1\n'a': 2\n", /^a\.yaml:2:1: this key stands here twice/],
    ["1: a\n'1': b\n", /^a\.yaml:2:1: this key stands here twice/],
    ["a: &m 1\nc:\n  <<: *m\n", /^a\.yaml:3:3: `<<` takes a map of keys, or a list of maps/],
    ["a: &m { b: 1 }\nc:\n  <<: *m\n  <<: *m\n", /^a\.yaml:4:3: this key stands here twice/],
    ["a: &m\n  <<: *m\n", /^a\.yaml:2:7: \*m stands inside what it stands for/],
    ["? [a]\n: 1\n", /^a\.yaml:1:3: a key must be one word/],
    [": 1\n", /^a\.yaml:1:1: a key is missing before this colon/],
    ["a: {b:1}\n", /^a\.yaml:1:5: a space is missing behind the colon/],
    ["a: 'x\nb: 1\n", /^a\.yaml:1:4: this quote is opened and never closed/],
    ['a: "C:\\data"\n', /^a\.yaml:1:7: this backslash means nothing in double quotes; write two/],
    ["a: b: c\n", /^a\.yaml:1:4: a second colon stands on this line; put the text in quotes/],
    ["a: 1\n b: 2\n", /^a\.yaml:1:4: the next line is indented deeper and so belongs to this value/],
    ["a:\n  b: 1\n c: 2\n", /^a\.yaml:3:1: this line is not indented as its neighbours/],
    ["a:\n  - 1\n - 2\n", /^a\.yaml:3:1: this line is not indented as its neighbours/],
    ["a:1\nb: 2\n", /^a\.yaml:1:1: a key and its colon stand on one line/],
    ["a: 1\nb\n", /^a\.yaml:2:1: a colon and a value are missing here/],
    ["a:\n\tb: 1\n", /^a\.yaml:2:1: a tab indents this line/],
    ["a: @x\n", /^a\.yaml:1:4: no plain value begins with @/],
    ["a: !!js/function 'x'\n", /^a\.yaml:1:4: no tag such as !name is read here/],
    ["a: - b\n", /^a\.yaml:1:4: a list cannot begin here/],
    ["a: | x\n", /^a\.yaml:1:6: behind \| or > the text begins on the next line/],
    ["a: [1,,2]\n", /^a\.yaml:1:7: a comma stands here/],
    ["a: ]\n", /^a\.yaml:1:4: a bracket is closed here that was never opened/],
    ["a: 'x' y\n", /^a\.yaml:1:8: something stands behind a value that has ended/],
    ["a: *\n", /^a\.yaml:1:4: a value that begins with \* or & needs a name/],
    ["a: x\0\n", /^a\.yaml:1:5: the character U\+0000 stands here/],
    ["a: 1\rb: 2\r", /^a\.yaml:1:5: this line ends with a carriage return alone/],
    ["a: 1\n---\nb: 2\n", /^a\.yaml:2:1: a second document begins here/],
  ])("says of %j in plain words what is wrong", (text, message) => {
    expect(() => parseYaml(text, "a.yaml")).toThrow(message);
  });

  test.each([
    ["", /^a\.yaml: is empty/],
    ["# nothing\n", /^a\.yaml: is empty/],
    ["- 1\n- 2\n", /^a\.yaml:1:1: must be a map of keys such as `name: \.\.\.`, got a list/],
    ["just text", /got one value/],
    ["__proto__: { a: 1 }\n", /no key can be named `__proto__`/],
  ])("refuses %j", (text, message) => {
    expect(() => parseYaml(text, "a.yaml")).toThrow(message);
  });

  test("refuses a file that is far too large", () => {
    expect(() => parseYaml(`name: ${"a".repeat(2 << 20)}`, "a.yaml")).toThrow(/longer than 1048576 characters/);
    expect(() => parseYaml(`a: [${"1,".repeat(30_000)}]`, "a.yaml")).toThrow(
      /:50001: has more than 50000 words and signs/,
    );
  });

  const rising = (levels: number) => Array.from({ length: levels }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  test.each([
    ["brackets", `a: ${"[".repeat(40)}${"]".repeat(40)}`],
    ["2,000 brackets", `a: ${"[".repeat(2000)}${"]".repeat(2000)}`],
    ["a million brackets", `a: ${"[".repeat(1e6)}`],
    ["maps in brackets", `a: ${"{a: ".repeat(2000)}`],
    ["dashes", `a:\n${"- ".repeat(5e5)}x`],
    ["question marks", `${"? ".repeat(5e5)}x`],
    ["indented keys", rising(40)],
    ["1,400 indented keys", rising(1400)],
  ])("names the bound of nesting for %s, soon", (_, text) => {
    const start = performance.now();
    expect(() => parseYaml(text, "a.yaml")).toThrow(/^a\.yaml.*: is nested deeper than 30 levels/);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("parseYamlValue", () => {
  test.each<[string, unknown]>([
    ["2", 2],
    ["", null],
    [" ", null],
    ["~", null],
    ["[a, b]", ["a", "b"]],
    ["{ kind: sgd }", { kind: "sgd" }],
    ["a=b.tsv", "a=b.tsv"],
    ["train.csv #2.csv", "train.csv #2.csv"],
    ["#2.csv", "#2.csv"],
    ["2 # two", "2 # two"],
    ["'train.csv #2.csv'", "train.csv #2.csv"],
    ['"a\\nb"', "a\nb"],
    ["---", "---"],
    ["...", "..."],
  ])("takes the whole of %j", (text, value) => {
    expect(parseYamlValue(text)).toEqual(value);
  });

  test.each<[string, RegExp]>([
    ["[a] # b", /a # behind it would begin a comment/],
    ["'a' # b", /a # behind it would begin a comment/],
    ["a\nb: 2", /a line break stands in it/],
    ["a: b", /a second colon/],
    ["&a x.csv", /& at its beginning/],
    ["*a", /\*a stands for a value marked &a/],
    ["!!js x", /no tag such as/],
    ["[1", /this bracket is opened and never closed/],
    ['"a', /this quote is opened and never closed/],
    ["- a", /a list cannot begin here/],
  ])("refuses %j", (text, message) => {
    expect(() => parseYamlValue(text)).toThrow(message);
  });
});
