import { describe, expect, test } from "vitest";
import { preparationCost, searchCost } from "./search-cost.ts";
import { translateRegex } from "./translate.ts";

const costOf = (pattern: string) => searchCost(translateRegex(pattern));

/** By what power of the length the cost at one place grows, between two long texts. */
function growthOf(pattern: string): number {
  const cost = costOf(pattern);
  return Math.round(Math.log2(cost(2 ** 21) / cost(2 ** 20)));
}

describe("the cost of a match at one place", () => {
  test.each([
    ["abc", 0, "nothing repeats"],
    ["\\p{N}{1,3}", 0, "few repetitions are a constant factor"],
    [" ?\\p{L}+", 1, "a repetition"],
    ["(?:a+)+", 2, "nothing is ever given back"],
    ["\\s*[\\r\\n]+", 2, "the first repetition gives back"],
    ["\\s+(?!\\S)|\\s+", 1, "so it does in front of a lookahead of one character"],
    ["\\s++b", 1, "possessive repetitions give nothing back"],
    ["a*b*c*d", 3, "three may give back in turn"],
    ["[[:alpha:]&&[^x]]*\\x{1F600}*y", 2, "classes in classes, escapes with braces"],
    ["(a*)\\1", 2, "a reference compares as much as its group took"],
    ["a{2,9}b", 0, "a number of repetitions"],
  ])("of %s grows with the length to the power of %d: %s", (pattern, growth) => {
    expect(growthOf(pattern)).toBe(growth);
  });

  test.each([
    ["(?<name>a+)+$", "a repetition in another"],
    ["(?:a|ab)*c", "alternatives in a repetition"],
    ["(?:a?){30}b", "options in one with a count"],
    [`${"(?:a|aa)".repeat(30)}b`, "alternatives in a row"],
    ["a?".repeat(30) + "a".repeat(30), "options in a row"],
    ["(?:a{0,5}){0,25}b", "counts in counts"],
    ["(?=(?:a|aa)*b)a", "in a lookahead"],
    ["(?<=b(?:a|aa)*)a", "in a lookbehind, which is matched from right to left"],
    ["(?>(?:a|aa)*b)", "in an atomic group"],
    ["(?:(?:x|xx)|(?:a|aa)*)b", "in an alternative"],
    ["(a|aa)+\\1", "before a reference"],
    ["(?:a*?|b)*?c", "lazily"],
  ])("of %s is without hope for 100 characters: %s", (pattern) => {
    expect(costOf(pattern)(100)).toBeGreaterThan(2 ** 25);
  });

  test("of an expression is never below the steps that it takes", () => {
    // (?:a|aa){n}b on enough letters a tries two alternatives at each of the 2^n - 1 inner nodes.
    for (const count of [5, 10, 20]) {
      expect(costOf(`${"(?:a|aa)".repeat(count)}b`)(100)).toBeGreaterThan(2 ** count);
    }
  });
});

test("the patterns of GPT-2 and GPT-4 cost a small multiple of the square of the length at most", () => {
  const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  expect(costOf(gpt2)(1000)).toBeLessThan(15_000);
});

describe("the ways that an engine looks along before its first search", () => {
  const waysOf = (pattern: string) => preparationCost(translateRegex(pattern));

  test.each([
    ["a?".repeat(60) + "a".repeat(60), "options"],
    ["(?:a|)".repeat(60) + "a".repeat(60), "empty alternatives"],
    ["(?:a|b?)".repeat(40) + "a".repeat(40), "options in alternatives"],
    [`${"a{0,3}".repeat(40)}aaaa`, "short counts"],
    [`${"(?:a?)".repeat(40) + "(?:b?c?d?)".repeat(20)}abcd`, "groups"],
    [`x(?=${"a?".repeat(60)}aaaa)`, "a lookahead"],
  ])("are too many of %s", (pattern) => {
    expect(waysOf(pattern)).toBeGreaterThan(2 ** 18);
  });

  test.each([
    ["a?".repeat(60), "which may all be absent, so that nothing can be skipped"],
    [`${"a?".repeat(60)}b`, "of which one character is sure"],
    [`${"a*".repeat(60)}aaaa`, "repetitions, which are no rows"],
    [`${"(?:a|aa)".repeat(60)}b`, "alternatives that take a character each"],
    [`(?:${"(?:a{0,3}){0,3}".repeat(8)}){0,3}b`, "counts in counts"],
    [
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)| ?\\p{L}+| ?\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "a tokenizer's pattern",
    ],
  ])("are few of %s", (pattern) => {
    expect(waysOf(pattern)).toBeLessThan(2 ** 14);
  });
});
