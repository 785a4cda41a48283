import { describe, expect, test } from "vitest";
import { backtrackingExponent } from "./backtracking.ts";
import { translateRegex } from "./translate.ts";

const exponentOf = (pattern: string) => backtrackingExponent(translateRegex(pattern));

describe("the exponent of the time that a search takes", () => {
  test.each([
    ["abc", 1, "nothing repeats"],
    ["\\p{N}{1,3}", 1, "few repetitions are a constant factor"],
    [" ?\\p{L}+", 1, "nothing follows that can fail"],
    [" ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*", 1, "what follows matches the empty text, too"],
    ["(?:a+)+", 1, "nothing is ever given back"],
    ["\\s*[\\r\\n]+", 2, "the first repetition gives back"],
    ["\\s+(?!\\S)|\\s+", 2, "so it does in front of a lookahead"],
    ["\\s++b", 2, "possessive repetitions give nothing back, but are tried from each start"],
    ["[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+(?i:'s|'t)?", 2, "groups and options"],
    ["\\p{N}{1,3}(?=(?:\\p{N}{3})*$)", 2, "a repetition in a lookahead"],
    ["a*b*c*d", 4, "three may give back in turn"],
    ["[[:alpha:]&&[^x]]*\\x{1F600}*y", 3, "classes in classes, escapes with braces"],
    ["(a*)\\1", 2, "a reference can fail"],
    ["a{2,9}b", 2, "many repetitions"],
    ["(?<name>a+)+$", Number.POSITIVE_INFINITY, "a repetition in another"],
    ["(?:a|ab)*c", Number.POSITIVE_INFINITY, "alternatives in a repetition"],
    ["(?:a?){30}b", Number.POSITIVE_INFINITY, "options in one with a count"],
  ])("of %s is %d: %s", (pattern, exponent) => {
    expect(exponentOf(pattern)).toBe(exponent);
  });
});

test("the patterns of GPT-2 and GPT-4 are quadratic at most", () => {
  const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  const gpt4 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  expect([exponentOf(gpt2), exponentOf(gpt4)]).toEqual([2, 2]);
});
