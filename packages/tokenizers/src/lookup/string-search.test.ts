import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeRegExp } from "../patterns/pattern.ts";
import { StringSearch } from "./string-search.ts";

function findAll(strings: readonly string[], text: string): (readonly [string, number])[] {
  const search = new StringSearch(strings);
  const found: (readonly [string, number])[] = [];
  for (let match = search.find(text, 0); match !== undefined; match = search.find(text, match.end)) {
    expect(text.slice(match.start, match.end)).toBe(strings[match.index]);
    found.push([strings[match.index] ?? "", match.start]);
  }
  return found;
}

test("of overlapping strings the leftmost counts, and of those the longest", () => {
  expect(findAll(["ab", "abcd", "bc", "cde"], "abcde abcx bcde")).toEqual([
    ["abcd", 0],
    ["ab", 6],
    ["bc", 11],
  ]);
  expect(findAll([], "abc")).toEqual([]);
  expect(findAll(["\ud83c", "\udf82"], "🎂")).toEqual([]);
  expect(findAll(["", "b"], "abb")).toEqual([
    ["b", 1],
    ["b", 2],
  ]);
});

test("finds what an expression of alternatives, longest first, finds", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "🎂"), maxLength: 40 });
  const strings = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "🎂"), minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(strings, text, (some, value) => {
      const alternatives = some.toSorted((a, b) => b.length - a.length).map(escapeRegExp);
      const expression = new RegExp(alternatives.join("|"), "gu");
      const expected = Array.from(value.matchAll(expression), (match) => [match[0], match.index]);
      expect(findAll(some, value)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test("strings that begin alike and never come cost no second look", () => {
  const search = new StringSearch([`${"a".repeat(100_000)}b`]);
  expect(search.find("a".repeat(1_000_000), 0)).toBeUndefined();
}, 2_000);
