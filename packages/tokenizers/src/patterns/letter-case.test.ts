import { expect, test } from "vitest";
import { anyCase, otherCases } from "./letter-case.ts";
import { translateRegex } from "./translate.ts";

test("a letter stands for those that differ in case only", () => {
  const matched = (character: string) =>
    [..."sSſkK\u212aσςΣιΙ\u0345iIİı1"].filter((other) => new RegExp(`^${anyCase(character)}$`, "v").test(other));
  expect(matched("s")).toEqual(["s", "S", "ſ"]);
  expect(matched("K")).toEqual(["k", "K", "\u212a"]);
  expect(matched("ς")).toEqual(["σ", "ς", "Σ"]);
  expect(matched("i")).toEqual(["i", "I"]);
  expect(matched("ı")).toEqual(["ı"]);
  expect(matched("1")).toEqual(["1"]);
});

test("a class takes in the other cases of its letters", () => {
  expect(otherCases("a-c1")).toBe("ABC");
  expect(otherCases("0-9")).toBe("");
});

test("ignoring case in a group changes nothing outside of it", () => {
  const matches = (Regex: string) => "aS\u0345x".match(new RegExp(translateRegex(Regex), "gv"));
  expect(matches("(?i:'s)|\\p{L}+")).toEqual(["aS", "x"]);
  expect(matches("(?i:A[r-t])|\\p{L}")).toEqual(["aS", "x"]);
  expect(matches("(?i)A(?-i:s)")).toBeNull();
});
