import fc from "fast-check";
import { expect, test } from "vitest";
import { joinWords, splitAtSpaces, splitWords } from "./split-words.ts";

const cut = (text: string, contractions = false) => splitWords(text, { contractions }).map((word) => word.text);

test.each([
  ["Ada's dog, at 9:30!", ["Ada's", "dog", ",", "at", "9:30", "!"]],
  ["U.S. prices rose 1,250.75 (again)...", ["U.S.", "prices", "rose", "1,250.75", "(", "again", ")", "..."]],
  [
    "see https://example.org/a?b=1. or write a.b@example.org",
    ["see", "https://example.org/a?b=1", ".", "or", "write", "a.b@example.org"],
  ],
  ["l’été à Zürich", ["l’été", "à", "Zürich"]],
  ["我爱 Berlin", ["我", "爱", "Berlin"]],
  ["well-known", ["well", "-", "known"]],
  ["a 😀😀 b", ["a", "😀😀", "b"]],
  ["", []],
])("%s is cut by the rules", (text, words) => {
  expect(cut(text)).toEqual(words);
});

test("English contractions are cut where it is asked for", () => {
  expect(cut("don't it's we’ll o'clock rock'n'roll 's", true)).toEqual([
    "do",
    "n't",
    "it",
    "'s",
    "we",
    "’ll",
    "o'clock",
    "rock'n'roll",
    "'",
    "s",
  ]);
});

test("words stand where they say, in order, and leave out white space alone", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (text, contractions) => {
      let at = 0;
      for (const { text: word, start, end } of splitWords(text, { contractions })) {
        expect(text.slice(start, end)).toBe(word);
        expect(text.slice(at, start).trim()).toBe("");
        expect(word).not.toMatch(/^\s*$/u);
        at = end;
      }
      expect(text.slice(at).trim()).toBe("");
    }),
  );
});

test("words that are cut already keep their places in the joined text", () => {
  const { text, words } = joinWords(["New York", "", "."]);
  expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(["New York", "", "."]);
  expect(splitAtSpaces("a  b.").map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [3, 5],
  ]);
});
