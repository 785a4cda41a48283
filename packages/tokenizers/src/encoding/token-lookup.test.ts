import { describe, expect, test } from "vitest";
import { bertTokenizer } from "../files/layouts/bert.ts";
import { charToToken, charToWord, wordToChars, wordToTokens } from "./token-lookup.ts";

const tokenizer = bertTokenizer("[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\nfox\n##es\nrun\n");
const encoding = tokenizer.encode("red foxes", {
  pair: "foxes run",
  addSpecialTokens: true,
  padding: { length: 12 },
});
// [CLS] red fox ##es [SEP] fox ##es run [SEP] [PAD] ...

describe("a place of a text", () => {
  test("leads to the token that covers it, and to its word", () => {
    expect([0, 2, 4, 8].map((index) => charToToken(encoding, index))).toEqual([1, 1, 2, 3]);
    expect([0, 4, 8].map((index) => charToWord(encoding, index))).toEqual([0, 1, 1]);
    expect([0, 6].map((index) => charToToken(encoding, index, 1))).toEqual([5, 7]);
    expect(charToWord(encoding, 6, 1)).toBe(1);
  });

  test("leads nowhere between words, behind the text, and for special tokens and padding", () => {
    expect([3, 9, -1].map((index) => charToToken(encoding, index))).toEqual([undefined, undefined, undefined]);
    expect(charToWord(encoding, 3)).toBeUndefined();
    expect(charToToken(tokenizer.encode("red"), 0, 1)).toBeUndefined();
  });
});

describe("a word", () => {
  test("leads to its tokens, and to its place in the text", () => {
    expect([0, 1].map((word) => wordToTokens(encoding, word))).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(wordToTokens(encoding, 0, 1)).toEqual([5, 7]);
    expect(wordToChars(encoding, 1)).toEqual([4, 9]);
    expect(wordToChars(encoding, 1, 1)).toEqual([6, 9]);
  });

  test("that there is not leads nowhere", () => {
    expect(wordToTokens(encoding, 2)).toBeUndefined();
    expect(wordToChars(encoding, 2, 1)).toBeUndefined();
  });
});
