/** What programs without types may hand in, as values of JSON, is refused with what was expected. */
import { describe, expect, test } from "vitest";
import { PaddingError, TrainingError, TruncationError, trainTokenizer, trainTokenizerAsync } from "../src/index.ts";

const config = {
  kind: "word",
  lowercase: false,
  normalize: "nfc",
  preTokenizer: "whitespace",
  minFrequency: 1,
} as const;
const tokenizer = trainTokenizer(config, ["one two three"]);

describe("training", () => {
  test.each([
    ['{ "kind": "words" }', 'expected kind to be one of word, char, bpe, wordpiece, unigram, got "words"'],
    ['{ "kind": "toString" }', 'got "toString"'],
    [
      '{ "kind": "bpe" }',
      "expected normalize, preTokenizer, minFrequency, vocabSize in the config; tokenizerConfig.parse",
    ],
    ['{ "kind": "char", "normalize": "none", "minFrequency": 1 }', "expected unit in the config"],
    ['{ "kind": "unigram", "normalize": "nfc", "preTokenizer": "metaspace" }', "expected vocabSize in the config"],
  ])("on %s is refused", (json, message) => {
    const train = () => trainTokenizer(JSON.parse(json), ["a"]);
    expect(train).toThrow(TrainingError);
    expect(train).toThrow(message);
  });

  test("on one text, whose characters would count as texts, is refused", async () => {
    const message = "trainTokenizer: expected a list of texts, got one text; put it into a list";
    expect(() => trainTokenizer(config, "a b")).toThrow(message);
    await expect(trainTokenizerAsync(config, "a b")).rejects.toThrow(message);
  });
});

test.each(["null", "5", "[]"])("%s is no text", (json) => {
  const value = JSON.parse(json);
  expect(() => tokenizer.encode(value)).toThrow(TypeError);
  expect(() => tokenizer.encode(value)).toThrow("tokenizer: expected a text, got");
  expect(() => trainTokenizer(config, [value])).toThrow("tokenizer: expected a text, got");
});

test.each([
  [
    '{ "truncation": { "maxLength": 2, "strategy": "longest" } }',
    TruncationError,
    "truncation: expected strategy to be one of longestFirst, onlyFirst",
  ],
  [
    '{ "truncation": { "maxLength": 2, "direction": "Left" } }',
    TruncationError,
    'truncation: expected direction to be one of right, left, got "Left"',
  ],
  [
    '{ "padding": { "length": 9, "direction": "LEFT" } }',
    PaddingError,
    'padding: expected direction to be one of right, left, got "LEFT"',
  ],
])("encoding with %s is refused", (json, kind, message) => {
  const encode = () => tokenizer.encode("one two three", JSON.parse(json));
  expect(encode).toThrow(kind);
  expect(encode).toThrow(message);
});
