import { expect, test } from "vitest";
import { tokenizerConfig } from "./config.ts";

test("defaults are filled in for each kind", () => {
  expect(tokenizerConfig.parse({ kind: "word" })).toEqual({
    kind: "word",
    lowercase: false,
    normalize: "nfc",
    preTokenizer: "whitespace",
    minFrequency: 1,
  });
  expect(tokenizerConfig.parse({ kind: "char" })).toEqual({
    kind: "char",
    unit: "codePoint",
    lowercase: false,
    normalize: "none",
    minFrequency: 1,
  });
  expect(tokenizerConfig.parse({ kind: "bpe" })).toEqual({
    kind: "bpe",
    lowercase: false,
    normalize: "nfc",
    preTokenizer: "metaspace",
    minFrequency: 2,
    vocabSize: 8000,
  });
});

test.each([
  [{ kind: "word", lowerCase: true }, "lowerCase"],
  [{ kind: "char", vocabSize: 100 }, "vocabSize"],
  [{ kind: "bpe", preTokenizer: "whitespace" }, "preTokenizer"],
  [{ kind: "word", minFrequency: 0 }, "minFrequency"],
  [{ kind: "word", maxSize: 1.5 }, "maxSize"],
  [{ kind: "trigram" }, "kind"],
  [{ kind: "bpe", preTokenizer: "byteLevel", vocabSize: 259 }, "must be at least 260 with byteLevel"],
])("%j is refused by name", (config, name) => {
  const result = tokenizerConfig.safeParse(config);
  expect(result.success).toBe(false);
  expect(result.error?.message).toContain(name);
});
