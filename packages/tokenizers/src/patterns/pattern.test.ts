import { describe, expect, test } from "vitest";
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
    const find = (text: string) => search.in(text, (expression) => text.match(expression));
    expect(() => find(TEXT)).toThrow(PatternError);
    expect(find("baa")).toEqual(["aa"]);
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
  const search = new PatternSearch("Split", { Regex: "(?:(?:(?:(?:a?){50}){50}){50}){50}" });
  expect(() => search.in("aaa", (expression) => "aaa".match(expression))).toThrow(
    /Split: searching a text of 3 UTF-16 code units for the pattern ".*" needs more memory than there is/,
  );
});

test("errors of the caller pass", () => {
  const search = new PatternSearch("Split", ENDLESS);
  const fail = () => {
    throw new TypeError("mine");
  };
  expect(() => search.in(TEXT, fail)).toThrow(new TypeError("mine"));
});

test.each([
  ["nested groups", `${"(".repeat(100_000)}a${")".repeat(100_000)}`, "it is nested too deep"],
  ["nested classes", `${"[".repeat(100_000)}a${"]".repeat(100_000)}`, "it is nested too deep"],
  ["a bad range", `${"x".repeat(1000)}[b-a]`, "Range out of order in character class"],
])("a regular expression with %s is refused in a short message", (_, pattern, reason) => {
  const read = (kind: "normalizer" | "decoder") => () => {
    const json = { type: "Replace", pattern: { Regex: pattern }, content: "" };
    return kind === "normalizer" ? readNormalizer(json, kind) : readDecoder(json, kind);
  };
  expect(read("normalizer")).toThrow("tokenizer.json at normalizer.pattern.Regex: expected a regular expression that");
  expect(read("decoder")).toThrow(new RegExp(`^.{0,100}that can be translated \\(${reason}\\), got "[^"]{60,61}"$`));
});
