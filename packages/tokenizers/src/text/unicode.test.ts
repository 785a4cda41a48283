import { expect, test } from "vitest";
import { classBody, compareCodePoints, PUNCTUATION, WORD } from "./unicode.ts";

test("strings sort by code point, so an astral letter follows U+FFFD, unlike in the order of UTF-16 units", () => {
  const sorted = ["𝔘", "\ufffd", "b", "ab", "a", "", "\ud7ff", "𠮷"].sort(compareCodePoints);
  expect(sorted).toEqual(["", "a", "ab", "b", "\ud7ff", "\ufffd", "𝔘", "𠮷"]);
});

test("a table of runs becomes the body of a character class", () => {
  expect(classBody("")).toBe("");
  expect(classBody("BCgBB")).toBe("\\u{1}-\\u{2}\\u{23}-\\u{23}");
});

test("classes are those of fixed Unicode versions", () => {
  const isWord = new RegExp(`^[${WORD}]$`, "u");
  const isPunctuation = new RegExp(`^[${PUNCTUATION}]$`, "u");
  expect(["a", "\u0301", "_", "\u{105c0}", "\u{323b0}"].map((each) => isWord.test(each))).toEqual([
    true,
    true,
    true,
    true,
    false, // Unicode 17
  ]);
  expect(["!", "\u2e42", "\u2e43"].map((each) => isPunctuation.test(each))).toEqual([true, true, false]); // Unicode 9
});
