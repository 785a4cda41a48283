import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { TokenizerFormatError } from "../errors.ts";
import { readPattern } from "./pattern.ts";
import { whyTooLarge } from "./pattern-size.ts";

const read = (Regex: string) => readPattern({ Regex }, "pattern");

describe("patterns that would take long to compile are refused at once", () => {
  test.each([
    [
      "classes by the thousand",
      `a${"|\\d".repeat(5000)}`,
      /it has 645\d{5} characters when its classes are written out, of at most 2000000/,
    ],
    ["repetitions of repetitions", `(?:a|b)${"+".repeat(700)}`, /nested too deep/],
    ["groups in groups", `${"(".repeat(300)}a${")".repeat(300)}`, /nested too deep/],
  ])("%s", (_, pattern, message) => {
    const begun = performance.now();
    expect(() => read(pattern)).toThrow(TokenizerFormatError);
    expect(() => read(pattern)).toThrow(message);
    expect(performance.now() - begun).toBeLessThan(5000); // a second where nothing else runs
  });
});

test("parentheses in classes and behind backslashes open no group", () => {
  expect(whyTooLarge(`${"[(]".repeat(300)}${"\\(".repeat(300)}${"[[(]&&[)]]".repeat(300)}`)).toBeUndefined();
  expect(whyTooLarge(`${"(".repeat(251)}${")".repeat(251)}`)).toBe("it is nested too deep");
});

test("some patterns are large, and read", () => {
  const pattern = `a${"|\\d".repeat(100)}`;
  expect(read(pattern)).toEqual({ Regex: pattern });
});
