import { expect, test } from "vitest";
import { compareCodePoints } from "./unicode.ts";

test("strings sort by code point, so an astral letter follows U+FFFD, unlike in the order of UTF-16 units", () => {
  const sorted = ["𝔘", "\ufffd", "b", "ab", "a", "", "\ud7ff", "𠮷"].sort(compareCodePoints);
  expect(sorted).toEqual(["", "a", "ab", "b", "\ud7ff", "\ufffd", "𝔘", "𠮷"]);
});
