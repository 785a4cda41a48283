/** Ids of Keras's TextVectorization layer; golden/make_text_vectorization.py made them. */
import { readFileSync } from "node:fs";
import {
  openTokenizer,
  type TextVectorizationOptions,
  Tokenizer,
  TokenizerFormatError,
  textVectorizationTokenizer,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

interface Golden {
  readonly options: Omit<TextVectorizationOptions, "vocabulary">;
  readonly vocabulary: readonly string[];
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
}

const golden: readonly Golden[] = JSON.parse(
  readFileSync(new URL("golden/text-vectorization.json", import.meta.url), "utf8"),
);

describe.each(golden.map((each) => ({ ...each, title: JSON.stringify(each.options) })))("$title", (expected) => {
  const tokenizer = textVectorizationTokenizer({ vocabulary: expected.vocabulary, ...expected.options });

  test("has the ids of Keras, also as a tokenizer.json", () => {
    const same = Tokenizer.parse(tokenizer.stringify());
    for (const [index, text] of expected.texts.entries()) {
      // A text of no tokens is one token of padding there.
      const ids = expected.ids[index]!.join() === "0" ? [] : expected.ids[index];
      expect([text, tokenizer.encode(text).ids]).toEqual([text, ids]);
      expect([text, same.encode(text).ids]).toEqual([text, ids]);
    }
  });
});

test.each([
  ["vocabulary.txt", "\n[UNK]\nthe\ncat\n"],
  ["vocabulary.json", '["", "[UNK]", "the", "cat"]'],
])("a vocabulary in %s is opened", async (path, text) => {
  const tokenizer = await openTokenizer(path, async () => new TextEncoder().encode(text));
  expect(tokenizer.encode("The CAT sat").ids).toEqual([2, 3, 1]);
});

test.each([
  [{ vocabulary: ["the"] }, 'at vocabulary: expected "", "[UNK]" and words, got'],
  [
    { vocabulary: ["", "[UNK]"], split: "comma" as "whitespace" },
    'at split: expected one of "whitespace", "character", null',
  ],
  [{ vocabulary: ["", "[UNK]"], standardize: "own" as "lower" }, "at standardize: expected one of"],
])("%j is refused", (options, message) => {
  expect(() => textVectorizationTokenizer(options)).toThrow(TokenizerFormatError);
  expect(() => textVectorizationTokenizer(options)).toThrow(message);
});
