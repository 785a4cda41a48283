import { expect, test } from "vitest";
import { VocabularyFileError } from "../errors.ts";
import { readMergesTxt } from "./bpe/merges-txt.ts";
import { readVocabTxt } from "./word-piece/vocab-txt.ts";

test.each([
  ["\ufeff[PAD]\n", "line 1: expected a token, got a byte order mark"],
  ["a\n\0b\n", "line 2: expected UTF-8, got NUL, as UTF-16 has it"],
  ["a\nb\n\ud800\n", "line 3: expected well-formed Unicode, got a lone surrogate"],
])("vocab.txt %j is refused", (text, message) => {
  expect(() => readVocabTxt(text)).toThrow(VocabularyFileError);
  expect(() => readVocabTxt(text)).toThrow(`vocab.txt at ${message}`);
});

test.each([
  ["\ufeff#version: 0.2\na b\n", "line 1: expected a token, got a byte order mark"],
  ["a b\n c\n", 'line 2: expected two tokens divided by a space, got " c"'],
  ["a b\nc \n", 'line 2: expected two tokens divided by a space, got "c "'],
  ["a b\n\nc d\n", 'line 2: expected two tokens divided by a space, got ""'],
  ["a \udc00\n", "line 1: expected well-formed Unicode, got a lone surrogate"],
])("merges.txt %j is refused", (text, message) => {
  expect(() => readMergesTxt(text)).toThrow(VocabularyFileError);
  expect(() => readMergesTxt(text)).toThrow(`merges.txt at ${message}`);
});

test("lines may end in CR LF, and the last one without", () => {
  expect(readVocabTxt("a\r\nb\r\n").tokens).toEqual(["a", "b"]);
  expect(readMergesTxt("#version: 0.2\r\na b\r\nab c")).toEqual([
    ["a", "b"],
    ["ab", "c"],
  ]);
});

test("spaces inside a line are looked at once", () => {
  const spaces = " ".repeat(1_000_000);
  expect(readVocabTxt(`a${spaces}b${spaces}\n`).tokens).toEqual([`a${spaces}b`]);
});
