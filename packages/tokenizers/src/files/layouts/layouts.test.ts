import { expect, test } from "vitest";
import { bertTokenizer } from "./bert.ts";
import { byteLevelBpeTokenizer } from "./byte-level-bpe.ts";

const BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world", "##s", "!"];

test("a vocab.txt without capitals is read as BERT uncased, one with capitals as cased", () => {
  const uncased = bertTokenizer(BERT.join("\n"));
  const { tokens, typeIds } = uncased.encode("Héllo WORLDS!", { pair: "hello", addSpecialTokens: true });
  expect(tokens).toEqual(["[CLS]", "hello", "world", "##s", "!", "[SEP]", "hello", "[SEP]"]);
  expect(typeIds).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  expect([uncased.padId, uncased.unkId, uncased.bosId, uncased.eosId]).toEqual([0, 1, 2, 3]);
  const cased = bertTokenizer([...BERT, "Hello"].join("\n"));
  expect(cased.encode("Hello hello").tokens).toEqual(["Hello", "hello"]);
  expect(bertTokenizer(BERT.join("\n"), { lowercase: false }).encode("Hello").tokens).toEqual(["[UNK]"]);
});

test("a vocab.txt without BERT's special tokens is refused", () => {
  expect(() => bertTokenizer("[UNK]\n[SEP]\nhello\n")).toThrow(
    "vocab.txt at line 3: expected a line [CLS] up to here, got none",
  );
});

test("vocab.json and merges.txt are read as GPT-2's", () => {
  const vocab = JSON.stringify({ a: 0, b: 1, Ġ: 2, ab: 3, Ġab: 4, "<|endoftext|>": 5 });
  const tokenizer = byteLevelBpeTokenizer({ vocab, merges: "#version: 0.2\na b\nĠ ab\n" });
  expect(tokenizer.encode("ab ab<|endoftext|>").ids).toEqual([3, 4, 5]);
  expect(tokenizer.decode([3, 4, 5])).toBe("ab ab");
  expect([tokenizer.bosId, tokenizer.eosId]).toEqual([5, 5]);
  expect(() => tokenizer.padId).toThrow("has no pad token");
  expect(() => byteLevelBpeTokenizer({ vocab: "{", merges: "" })).toThrow("expected JSON");
  expect(() => byteLevelBpeTokenizer({ vocab, merges: "a b c\n" })).toThrow("merges.txt at line 1");
});
