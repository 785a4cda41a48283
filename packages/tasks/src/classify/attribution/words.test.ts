import { bertTokenizer, type TokenizerConfig, trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { expect, test } from "vitest";
import { encodeText } from "../../tokenizer/fit-tokenizer.ts";
import { wordsOfTokens } from "./words.ts";

const texts = ["it isn't good, no; it is 7.5 bad films", "  naïve 𝄞 tunes\nit  ends"];

function wordsBy(section: object, text: string): string[] {
  const tokenizer = trainTokenizer(tokenizerConfig.parse(section) as TokenizerConfig, texts, {
    specialTokens: ["pad", "unk"],
  });
  const words = wordsOfTokens(text, encodeText(tokenizer, text));
  const { ids } = encodeText(tokenizer, text);
  // each token is in one word, or is white space
  for (const [place, { first, last }] of words.entries()) {
    expect(first).toBeGreaterThanOrEqual(words[place - 1]?.last ?? 0);
    expect(last).toBeLessThanOrEqual(ids.length);
  }
  return words.map(({ start, end }) => text.slice(start, end));
}

test("characters and pieces of words are joined to the words that a tokenizer of words has", () => {
  for (const text of texts) {
    const spaced = text.split(/\s+/).filter((one) => one !== "");
    for (const section of [
      { kind: "word" },
      { kind: "char" },
      { kind: "bpe", vocabSize: 60 },
      { kind: "bpe", vocabSize: 300 },
    ]) {
      const words = wordsBy(section, text);
      expect(words.join("")).toBe(spaced.join(""));
      expect(words).toEqual(expect.arrayContaining(text === texts[0] ? ["good", "films", "bad"] : ["naïve", "tunes"]));
      expect(words.filter((one) => /\s/.test(one))).toEqual([]);
    }
  }
});

test("in a script without spaces each piece is a word by itself", () => {
  expect(wordsBy({ kind: "char" }, "好电影 ok")).toEqual(["好", "电", "影", "ok"]);
});

test("pieces of a word count as one", () => {
  const tokenizer = bertTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing", "good"].join("\n"));
  const text = "Playing good";
  const words = wordsOfTokens(text, encodeText(tokenizer, text));
  expect(words).toEqual([
    { first: 0, last: 2, start: 0, end: 7 },
    { first: 2, last: 3, start: 8, end: 12 },
  ]);
});
