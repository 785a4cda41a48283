import { expect, test } from "vitest";
import { tokenizerConfig, tokenizerSectionConfig } from "./config.ts";

const specialTokens = { pad: "<pad>", unk: "<unk>", bos: "<s>", eos: "</s>" };

test("defaults are filled in for each kind", () => {
  expect(tokenizerConfig.parse({ kind: "word" })).toEqual({
    kind: "word",
    specialTokens,
    addedTokens: [],
    lowercase: false,
    normalize: "nfc",
    preTokenizer: "whitespace",
    minFrequency: 1,
  });
  expect(tokenizerConfig.parse({ kind: "char" })).toEqual({
    kind: "char",
    unit: "codePoint",
    specialTokens,
    addedTokens: [],
    lowercase: false,
    normalize: "none",
    minFrequency: 1,
  });
  expect(tokenizerConfig.parse({ kind: "bpe" })).toEqual({
    kind: "bpe",
    specialTokens,
    addedTokens: [],
    lowercase: false,
    normalize: "nfc",
    preTokenizer: "metaspace",
    minFrequency: 2,
    vocabSize: 8000,
    initialAlphabet: [],
    characterCoverage: 1,
    byteFallback: false,
    fuseUnk: false,
    ignoreMerges: false,
  });
});

test("a file needs no kind", () => {
  expect(tokenizerSectionConfig.parse({ file: "a.json", specialTokens: { pad: "x" } })).toEqual({
    kind: "file",
    file: "a.json",
    specialTokens: { pad: "x" },
  });
});

test.each([
  [{ kind: "word", lowerCase: true }, "lowerCase"],
  [{ kind: "char", vocabSize: 100 }, "vocabSize"],
  [{ kind: "bpe", preTokenizer: "whitespace" }, "preTokenizer"],
  [{ kind: "word", minFrequency: 0 }, "minFrequency"],
  [{ kind: "word", maxSize: 1.5 }, "maxSize"],
  [{ kind: "trigram" }, "kind"],
  [
    { kind: "word", normalize: "nfkc", normalizer: { type: "Lowercase" } },
    "must be left out where there is a normalizer",
  ],
  [{ kind: "word", specialTokens: { unk: "<pad>" } }, "must be four different tokens"],
  [{ kind: "bpe", preTokenizer: "byteLevel", vocabSize: 259 }, "must be at least 260 with byteLevel"],
])("%j is refused by name", (config, name) => {
  const result = tokenizerConfig.safeParse(config);
  expect(result.success).toBe(false);
  expect(result.error?.message).toContain(name);
});
