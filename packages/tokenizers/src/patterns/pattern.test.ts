import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readDecoder } from "../decoders/read-decoder.ts";
import { PatternError } from "../errors.ts";
import { Vocabulary } from "../lookup/vocabulary.ts";
import { WordLevelModel } from "../models/word-level/model.ts";
import { readNormalizer } from "../normalizers/read-normalizer.ts";
import { readPreTokenizer } from "../pre-tokenizers/read-pre-tokenizer.ts";
import { Tokenizer } from "../tokenizer.ts";
import { PatternSearch } from "./pattern.ts";

const ENDLESS = { Regex: "(a+)+$" };
const TEXT = `${"a".repeat(50)}!`;

describe("a pattern that backtracks without end is stopped and named", () => {
  const tokenizerWith = (stage: Record<string, unknown>) =>
    Tokenizer.fromJson({ model: { type: "WordLevel", vocab: { [TEXT]: 0 }, unk_token: TEXT }, ...stage });

  test.each([
    ["Split", (text: string) => tokenizerWith({ pre_tokenizer: { type: "Split", pattern: ENDLESS } }).encode(text)],
    [
      "Replace",
      (text: string) => tokenizerWith({ normalizer: { type: "Replace", pattern: ENDLESS, content: "" } }).encode(text),
    ],
    ["Replace", () => tokenizerWith({ decoder: { type: "Replace", pattern: ENDLESS, content: "" } }).decode([0])],
  ])("%s", (component, use) => {
    const start = performance.now();
    expect(() => use(TEXT)).toThrow(PatternError);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(() => use(TEXT)).toThrow(
      `${component}: searching a text of 51 UTF-16 code units for the pattern "(a+)+$" took longer than 1.001 s; ` +
        "use a pattern without a repetition inside another, or shorter texts",
    );
  });

  test("and the next text is searched as if nothing had been", () => {
    const search = new PatternSearch("Split", ENDLESS);
    expect(() => search.matches(TEXT)).toThrow(PatternError);
    expect(search.matches("baa")).toEqual([1, 3]);
  });
});

test("a pattern in quadratic time is stopped on a long text only", () => {
  const split = readPreTokenizer({ type: "Split", pattern: { Regex: "a+b" } }, "pre_tokenizer");
  const model = new WordLevelModel(Vocabulary.fromTokens(["<unk>"]), "<unk>");
  const tokenizer = new Tokenizer({ model, preTokenizer: split });
  const cut = (length: number) => () => tokenizer.encode("a".repeat(length));
  expect(cut(10_000)).not.toThrow();
  expect(cut(1_000_000)).toThrow("took longer than 2 s");
});

test("a pattern that needs too much memory is named, too", () => {
  const search = new PatternSearch("Split", { Regex: "(?:[ab]|ba)*c" }); // remembers a place to return to per letter
  expect(() => search.matches("ab".repeat(4_000_000))).toThrow(
    'Split: searching a text of 8000000 UTF-16 code units for the pattern "(?:[ab]|ba)*c" needs more memory than there is',
  );
});

/** Patterns that take minutes to centuries on a short text, each in a way of its own, and such a text. */
const SLOW: readonly (readonly [kind: string, pattern: string, text: string])[] = [
  ["alternatives in a row", `${"(?:a|aa)".repeat(30)}b`, "a".repeat(60)],
  ["options in a row", `${"a?".repeat(28)}${"a".repeat(28)}b`, "a".repeat(60)],
  ["a repetition in a repetition", "(?:a+)+b", "a".repeat(40)],
  ["a repetition of an option", "(?:a?){40}b", "a".repeat(40)],
  ["counts in a count", "(?:a{1,6}){1,30}b", "a".repeat(60)],
  ["alternatives in a repetition", "(?:a|a)*b", "a".repeat(40)],
  ["alternatives of two lengths", "(?:a|aa)*$", `${"a".repeat(60)}b`],
  ["lazy repetitions", "(?:a+?)+?b", "a".repeat(40)],
  ["groups that are remembered", "((a+)(a+))+b", "a".repeat(40)],
  ["a lookahead", "(?=(?:a+)+b)a", "a".repeat(40)],
  ["a negative lookahead", "(?!(?:a|aa)+b)a", "a".repeat(60)],
  ["a lookbehind", "(?<=b(?:a+)+)c", `${"a".repeat(40)}c`],
  ["an atomic group", "(?>(?:a|aa)+b)", "a".repeat(60)],
  ["a reference", "(a|aa)+\\1b", "a".repeat(60)],
  ["classes that overlap", "(?:\\w|\\d|_)+$", `${"1".repeat(40)}!`],
  ["many repetitions in a row", `${"a*".repeat(20)}b`, "a".repeat(100)],
  ["spaces before the end", "\\s+$", `${" ".repeat(600_000)}x`],
  ["letter case", "(?i:a|A|aa)+b", "a".repeat(40)],
];

describe.each(SLOW)("%s", (_, pattern, text) => {
  const regex = { Regex: pattern };

  test("are stopped in time", () => {
    const search = new PatternSearch("Split", regex);
    const start = performance.now();
    expect(() => search.matches(text)).toThrow(/took longer than [\d.]+ s; use a pattern without/);
    expect(performance.now() - start).toBeLessThan(6000);
  });
});

test("many short texts, each slow, are stopped too", () => {
  const search = new PatternSearch("Split", { Regex: "(?:a|aa)+b" });
  const text = "a".repeat(24); // some milliseconds
  const searchAll = () => {
    for (let i = 0; i < 100_000; i++) search.matches(text);
  };
  const start = performance.now();
  expect(searchAll).toThrow("took longer than its share of time, with the texts before");
  expect(performance.now() - start).toBeLessThan(30_000);
  expect(search.matches("aab")).toEqual([0, 3]);
});

describe("where nothing can stop a search, as in a page", () => {
  beforeEach(() => vi.stubGlobal("process", undefined));
  afterEach(() => vi.unstubAllGlobals());

  test("a text of which one place could take long is refused", async () => {
    const search = await freshSearch(`${"(?:a|aa)".repeat(30)}b`);
    expect(() => search.matches("a".repeat(60))).toThrow("may take very long, and nothing could stop it here");
  });

  test("quadratic time is stopped between places", async () => {
    const search = await freshSearch("\\s+$");
    expect(() => search.matches(`${" ".repeat(1_000_000)}x`)).toThrow("took longer than 2.001 s");
    expect(search.matches(`a${" ".repeat(30_000)}`)).toEqual([1, 30_001]);
  });

  async function freshSearch(pattern: string): Promise<PatternSearch> {
    vi.resetModules(); // what the runtime can do is asked once
    const module = await import("./pattern.ts");
    return new module.PatternSearch("Split", { Regex: pattern });
  }
});

test.each([
  ["nested groups", `${"(".repeat(100_000)}a${")".repeat(100_000)}`, "it is nested too deep"],
  ["nested classes", `${"[".repeat(100_000)}a${"]".repeat(100_000)}`, "it is nested too deep"],
  [
    "many options in a row",
    `${"a?".repeat(60)}${"a".repeat(60)}`,
    "too many of its parts in a row can match in several ways; .*",
  ],
  ["a bad range", `${"x".repeat(1000)}[b-a]`, "Range out of order in character class"],
])("a regular expression with %s is refused in a short message", (_, pattern, reason) => {
  const read = (kind: "normalizer" | "decoder") => () => {
    const json = { type: "Replace", pattern: { Regex: pattern }, content: "" };
    return kind === "normalizer" ? readNormalizer(json, kind) : readDecoder(json, kind);
  };
  expect(read("normalizer")).toThrow("tokenizer.json at normalizer.pattern.Regex: expected a regular expression that");
  expect(read("decoder")).toThrow(new RegExp(`^.{0,100}that can be translated \\(${reason}\\), got "[^"]{60,61}"$`));
});
