import { expect, test } from "vitest";
import { endOfWord, staysInWord } from "./words.ts";

test("words end before the first space behind something else", () => {
  expect([endOfWord("▁▁ab▁▁c", 0), endOfWord("▁▁ab▁▁c", 4), endOfWord("▁▁", 0)]).toEqual([4, 7, 2]);
  expect([staysInWord("▁▁a"), staysInWord("a▁b")]).toEqual([true, false]);
});
