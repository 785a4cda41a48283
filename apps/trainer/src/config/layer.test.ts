import { formatOrigin, originOf, parseYaml, type TracedValues } from "@cellstate/files/yaml";
import { describe, expect, test } from "vitest";
import { mergeLayers, setValue } from "./layer.ts";
import { applyOverride } from "./overrides.ts";

const layer = (text: string, file = "a.yaml") => parseYaml(text, file);
const placeOf = (values: TracedValues, path: readonly string[]) => formatOrigin(originOf(values, path));

describe("mergeLayers", () => {
  test("merges maps key by key and replaces everything else", () => {
    const merged = mergeLayers(
      layer("training: { epochs: 3, batchSize: 8 }\nlist: [1, 2]\nname: a", "base.yaml"),
      layer("training: { epochs: 5 }\nlist: [3]", "own.yaml"),
    );
    expect(merged.values).toEqual({ training: { epochs: 5, batchSize: 8 }, list: [3], name: "a" });
    expect(placeOf(merged, ["training", "epochs"])).toBe("own.yaml:1:13");
    expect(placeOf(merged, ["training", "batchSize"])).toBe("base.yaml:1:24");
  });

  test("replaces the files of a split as a whole, also where they are named by column", () => {
    const merged = mergeLayers(
      layer("data: { train: { source: a.en, target: a.de }, dev: { source: d.en, target: d.de } }", "base.yaml"),
      layer("data: { train: { en: b.en, de: b.de }, columns: { source: en } }", "own.yaml"),
    );
    expect(merged.values).toEqual({
      data: { train: { en: "b.en", de: "b.de" }, dev: { source: "d.en", target: "d.de" }, columns: { source: "en" } },
    });
    expect(placeOf(merged, ["data", "train", "en"])).toBe("own.yaml:1:18");
    expect(placeOf(merged, ["data", "dev", "source"])).toBe("base.yaml:1:55");
  });

  test("replaces a map whose kind changes", () => {
    const merged = mergeLayers(
      layer("optimizer: { kind: adamw, weightDecay: 0.1 }"),
      layer("optimizer: { kind: sgd, momentum: 0.9 }"),
    );
    expect(merged.values).toEqual({ optimizer: { kind: "sgd", momentum: 0.9 } });
  });

  test.each([
    ["{ kind: bpe, vocabSize: 9 }", "{ file: a.json }", { file: "a.json" }],
    ["{ file: a.json }", "{ kind: bpe }", { kind: "bpe" }],
    ["{ file: a.json }", "{ specialTokens: { pad: x } }", { file: "a.json", specialTokens: { pad: "x" } }],
  ])("with %s below %s", (below, above, expected) => {
    expect(mergeLayers(layer(`tokenizer: ${below}`), layer(`tokenizer: ${above}`)).values.tokenizer).toEqual(expected);
  });
});

describe("the source of the data", () => {
  const over = (below: string, above: string) => mergeLayers(layer(`data: ${below}`), layer(`data: ${above}`));

  test.each([
    ["{ dataset: reviews, seed: 3, columns: { a: b } }", "{ train: mine.tsv }", { seed: 3, train: "mine.tsv" }],
    ["{ train: a.tsv, test: b.tsv, devFraction: 0.2 }", "{ dataset: imdb }", { dataset: "imdb" }],
    [
      "{ dataset: reviews, maxExamples: 9, split: { by: time } }",
      "{ dataset: imdb }",
      { dataset: "imdb", maxExamples: 9 },
    ],
    ["{ dataset: reviews, columns: { a: b } }", "{ dataset: reviews }", { dataset: "reviews", columns: { a: "b" } }],
    [
      "{ train: a.tsv, test: b.tsv, textColumn: t }",
      "{ train: c.tsv }",
      { train: "c.tsv", test: "b.tsv", textColumn: "t" },
    ],
    ["{ dataset: reviews }", "{ seed: 5 }", { dataset: "reviews", seed: 5 }],
  ])("%s below %s", (below, above, expected) => {
    expect(over(below, above).values.data).toEqual(expected);
  });

  test("takes the places of what it drops with it", () => {
    const merged = mergeLayers(
      layer("data: { dataset: x, textColumn: t, seed: 1 }"),
      layer("data: { train: y }", "b.yaml"),
    );
    expect(placeOf(merged, ["data", "textColumn"])).toBe("b.yaml:1:1");
    expect(placeOf(merged, ["data", "seed"])).toBe("a.yaml:1:36");
  });
});

describe("setValue", () => {
  test("makes the maps on the way and leaves the layer before as it was", () => {
    const before = layer("a: { b: 1 }");
    expect(setValue(before, ["a", "c", "d"], 2, "--x").values).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(before.values).toEqual({ a: { b: 1 } });
  });

  test("forgets the origins of what it replaces", () => {
    const after = setValue(layer("a: { b: { c: 1 } }"), ["a", "b"], { c: 2 }, "--x");
    expect(placeOf(after, ["a", "b", "c"])).toBe("--x");
    expect(placeOf(after, ["a"])).toBe("a.yaml:1:1");
  });
});

describe("applyOverride", () => {
  test.each([
    ["training.epochs=2", { training: { epochs: 2 } }],
    ["training.patience=null", { training: { patience: null } }],
    ["training.patience=", { training: { patience: null } }],
    ["optimizer={ kind: sgd }", { optimizer: { kind: "sgd" } }],
    ["data.train=a=b.tsv", { data: { train: "a=b.tsv" } }],
    ["name='2'", { name: "2" }],
  ])("%s", (assignment, values) => {
    expect(applyOverride({ values: {}, origins: new Map() }, assignment).values).toEqual(values);
  });

  test.each(["training.epochs", "=2", "a..b=2", "__proto__.x=1"])("refuses %j", (assignment) => {
    expect(() => applyOverride(layer("a: 1"), assignment)).toThrow(/--set takes key\.path=value/);
  });

  test("refuses a value that is not YAML", () => {
    expect(() => applyOverride(layer("a: 1"), "a=[1")).toThrow(/^--set a=\[1: the value is not YAML/);
  });
});
