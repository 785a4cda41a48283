/** Unigram models against Hugging Face's tokenizers; golden/make_unigram.py made the values. */
import { readFileSync } from "node:fs";
import { Tokenizer } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

interface GoldenEncoding {
  readonly text: string;
  readonly ids: number[];
  readonly tokens: string[];
  readonly offsets: number[][];
  readonly decoded: string;
}

interface GoldenCase {
  readonly name: string;
  readonly json: unknown;
  readonly encodings: readonly GoldenEncoding[];
}

const golden: GoldenCase[] = JSON.parse(readFileSync(new URL("golden/unigram.json", import.meta.url), "utf8"));

describe.each(golden)("$name", ({ json, encodings }) => {
  const tokenizer = Tokenizer.fromJson(json);

  test.each(encodings)("encodes $text as Hugging Face does", ({ text, ids, tokens, offsets, decoded }) => {
    const encoding = tokenizer.encode(text);
    expect({ ids: encoding.ids, tokens: encoding.tokens }).toEqual({ ids, tokens });
    expect(encoding.offsets).toEqual(offsets);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test("is written as it was read", () => {
    expect(tokenizer.toJson()).toEqual(json);
  });
});
