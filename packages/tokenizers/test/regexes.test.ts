/** Translated regular expressions against Oniguruma; golden/make_regexes.py made the values. */
import { readFileSync } from "node:fs";
import { AlignedText } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";

interface GoldenRegex {
  readonly pattern: string;
  readonly results: readonly { readonly text: string; readonly marked: string }[];
}

const golden: readonly GoldenRegex[] = JSON.parse(
  readFileSync(new URL("golden/regexes.json", import.meta.url), "utf8"),
);

const replacing = (pattern: string) =>
  readNormalizer({ type: "Replace", pattern: { Regex: pattern }, content: "#" }, "normalizer");

describe.each(golden)("the expression $pattern", ({ pattern, results }) => {
  test.each(results)("matches in $text where Oniguruma does", ({ text, marked }) => {
    expect(replacing(pattern).normalize(AlignedText.of(text)).text).toBe(marked);
  });
});

test.each([
  ["(", "a parenthesis is not closed"],
  ["a)", "a parenthesis is closed that was not opened"],
  ["*a", "nothing stands before *"],
  ["[a", "it ends too early"],
  ["\\p{Foo}", "there is no property Foo"],
  ["[[:foo:]]", "there is no class [:foo:]"],
  ["[a-\\d]", "a range in a class ends with a class"],
  ["a\\Kb", "\\K has no counterpart"],
  ["(?~a)", "(?~ has no counterpart"],
  ["a\\X", "\\X has no counterpart"],
  ["\\x{110000}", "there is no character 110000"],
  ["(?<=a)\\1", "Invalid"],
  ["[b-a]", "Range out of order"],
])("the expression %s is refused with its key path and the reason", (pattern, reason) => {
  const refusal = () => replacing(pattern);
  expect(refusal).toThrow("tokenizer.json at normalizer.pattern.Regex: expected a regular expression");
  expect(refusal).toThrow(reason);
});
