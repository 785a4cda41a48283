import fc from "fast-check";
import { expect, test } from "vitest";
import { AlignedText } from "../text/aligned-text.ts";
import { classBody, PUNCTUATION, WHITE_SPACE, WORD } from "../text/unicode.ts";
import { NUMERIC } from "../text/unicode-tables.ts";
import { CharacterClasses } from "./character-classes.ts";
import { DigitsPreTokenizer } from "./digits.ts";
import { type PreTokenizer, preTokenize } from "./pre-tokenizer.ts";
import { PunctuationPreTokenizer } from "./punctuation.ts";
import { BertPreTokenizer, WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from "./whitespace.ts";

const NUMBER = classBody(NUMERIC);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."aé1½ \n\u0085\u3000\ufeff._-!。«中🎂𝟙\u0301\u200d"), maxLength: 40 }),
);

test.each<[string, PreTokenizer, string]>([
  ["Whitespace", new WhitespacePreTokenizer(), `[${WORD}]+|[^${WORD}${WHITE_SPACE}]+`],
  ["WhitespaceSplit", new WhitespaceSplitPreTokenizer(), `[^${WHITE_SPACE}]+`],
  ["BertPreTokenizer", new BertPreTokenizer(), `[${PUNCTUATION}]|[^${PUNCTUATION}${WHITE_SPACE}]+`],
  ["Punctuation", new PunctuationPreTokenizer(), `[${PUNCTUATION}]|[^${PUNCTUATION}]+`],
  ["Digits", new DigitsPreTokenizer(), `[${NUMBER}]+|[^${NUMBER}]+`],
  ["individual Digits", new DigitsPreTokenizer(true), `[${NUMBER}]|[^${NUMBER}]+`],
])("%s gives the matches of its expression", (_, preTokenizer, pattern) => {
  const expression = new RegExp(pattern, "gu");
  fc.assert(
    fc.property(anyText, (any) => {
      const text = any.toWellFormed();
      const pieces = preTokenize(preTokenizer, AlignedText.of(text)).map((piece) => piece.text);
      expect(pieces).toEqual(text.match(expression) ?? []);
    }),
    { numRuns: 500 },
  );
});

test("the first class that a character belongs to counts, and the last bit for others", () => {
  const classes = new CharacterClasses(
    [
      [1, /[ab]/u],
      [2, /[bc🎂]/u],
    ],
    128,
  );
  expect(Array.from("abc🎂x", (character) => classes.at(character, 0))).toEqual([1, 1, 2, 2, 128]);
  expect(classes.endOfRun("c🎂🎂x", 0, 6, 2)).toBe(5);
  expect(classes.endOfRun("c🎂🎂x", 0, 3, 2)).toBe(3);
  expect(classes.endOfRun("abc", 0, 3, 1 | 2)).toBe(3);
});
