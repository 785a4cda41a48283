/** SentencePiece's normalization tables and model files; golden/make_sentencepiece.py made the values. */
import { readFileSync } from "node:fs";
import { AlignedText } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";

interface Golden {
  readonly charsmap: string;
  readonly normalized: readonly { readonly text: string; readonly normalized: string }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/sentencepiece.json", import.meta.url), "utf8"));

describe("Precompiled", () => {
  const json = { type: "Precompiled", precompiled_charsmap: golden.charsmap };
  const normalizer = readNormalizer(json, "normalizer");

  test.each(golden.normalized)("normalizes $text as Hugging Face does", ({ text, normalized }) => {
    expect(normalizer.normalize(AlignedText.of(text)).text).toBe(normalized);
  });

  test("is written as it was read", () => {
    expect(normalizer.toJson()).toEqual(json);
  });

  test("all of a replacement stands for all that it replaces, and what is removed leaves no trace", () => {
    const text = normalizer.normalize(AlignedText.of("a½\u200bcafe\u0301!"));
    expect(text.text).toBe("a1⁄2café!");
    const ranges = Array.from(text.text, (_, index) => text.originalRange(index, index + 1));
    expect(ranges.slice(0, 5)).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [1, 2],
      [3, 4],
    ]);
    expect(ranges.slice(-2)).toEqual([
      [6, 8],
      [8, 9],
    ]);
  });

  test("plain ASCII comes back as it is", () => {
    const source = AlignedText.of("no change at all");
    expect(normalizer.normalize(source)).toBe(source);
  });

  test.each([
    ["no base64!", 'normalizer.precompiled_charsmap: expected base64, got "no base64!"'],
    ["AAA=", "normalizer.precompiled_charsmap: expected a compiled table, got 2 bytes"],
    ["CAAAAAAAAAA=", "normalizer.precompiled_charsmap: expected a compiled table, got a trie of 8 in 8 bytes"],
    ["BAAAAAAAAAD/", "normalizer.precompiled_charsmap: expected a compiled table, got replacements that are not UTF-8"],
    [7, "normalizer.precompiled_charsmap: expected a string, got 7"],
  ])("refuses %j", (value, message) => {
    expect(() => readNormalizer({ type: "Precompiled", precompiled_charsmap: value }, "normalizer")).toThrow(message);
  });
});
