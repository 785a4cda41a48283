/** The ByteLevel family against golden values of Hugging Face's tokenizers, see golden/make_byte_level.py. */
import { readFileSync } from "node:fs";
import {
  AlignedText,
  BYTE_CHARACTERS,
  ByteLevelDecoder,
  ByteLevelNormalizer,
  ByteLevelPreTokenizer,
  Tokenizer,
} from "@cellstate/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDecoder } from "../src/decoders/read-decoder.ts";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { readPostProcessor } from "../src/post-processors/read-post-processor.ts";
import { preTokenize } from "../src/pre-tokenizers/pre-tokenizer.ts";
import { readPreTokenizer } from "../src/pre-tokenizers/read-pre-tokenizer.ts";
import { describePreTokenizers, type GoldenPreTokenizer } from "./describe-pre-tokenizers.ts";

interface GoldenEncoding {
  readonly text: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  readonly wordIds: readonly (number | null)[];
  readonly decoded: string;
}

interface Golden {
  readonly preTokenizers: readonly GoldenPreTokenizer[];
  readonly normalizer: readonly { readonly text: string; readonly normalized: string }[];
  readonly decoder: readonly { readonly tokens: readonly string[]; readonly decoded: string }[];
  readonly variants: readonly {
    readonly addPrefixSpace: boolean;
    readonly trimOffsets: boolean | null;
    readonly encodings: readonly GoldenEncoding[];
  }[];
}

const read = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
const golden: Golden = JSON.parse(read("byte-level.json"));
const file = JSON.parse(read("hf-byte-level.tokenizer.json"));

describePreTokenizers(golden.preTokenizers);

test.each(golden.normalizer)("the normalizer writes $text in bytes", ({ text, normalized }) => {
  expect(readNormalizer({ type: "ByteLevel" }, "normalizer").normalize(AlignedText.of(text)).text).toBe(normalized);
});

test.each(golden.decoder)("the decoder reads $tokens", ({ tokens, decoded }) => {
  expect(readDecoder({ type: "ByteLevel" }, "decoder").decodeChain(tokens)).toEqual([decoded]);
});

describe.each(golden.variants)(
  "a GPT-2-like tokenizer, prefix space $addPrefixSpace, trimmed offsets $trimOffsets",
  ({ addPrefixSpace, trimOffsets, encodings }) => {
    const tokenizer = Tokenizer.fromJson({
      ...file,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: addPrefixSpace },
      post_processor:
        trimOffsets === null
          ? null
          : { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: trimOffsets },
    });

    test.each(encodings)("encodes $text", ({ text, ids, tokens, offsets, wordIds, decoded }) => {
      const encoding = tokenizer.encode(text, { addSpecialTokens: true });
      expect([...encoding.ids]).toEqual(ids);
      expect(encoding.tokens).toEqual(tokens);
      expect(encoding.offsets).toEqual(offsets);
      expect(encoding.wordIds).toEqual(wordIds);
      expect(tokenizer.decode(ids)).toBe(decoded);
    });
  },
);

test("options and components are written as they are read", () => {
  const json = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  expect(readPreTokenizer(json, "").toJson()).toEqual(json);
  expect(readDecoder(json, "").toJson()).toEqual(json);
  expect(readPostProcessor(json, "").toJson()).toEqual(json);
  expect(new ByteLevelNormalizer().toJson()).toEqual({ type: "ByteLevel" });
  expect(() => readPreTokenizer({ ...json, use_regex: 1 }, "pre_tokenizer")).toThrow(
    "tokenizer.json at pre_tokenizer.use_regex: expected true or false, got 1",
  );
});

test("each byte has a character of its own, which a space and a line break show as in GPT-2", () => {
  expect(new Set(BYTE_CHARACTERS).size).toBe(256);
  expect([BYTE_CHARACTERS[0x20], BYTE_CHARACTERS[0x0a], BYTE_CHARACTERS[0x41]]).toEqual(["Ġ", "Ċ", "A"]);
});

test("whatever the text, decoding the pieces gives it back", () => {
  const preTokenizer = new ByteLevelPreTokenizer({ addPrefixSpace: false });
  const decoder = new ByteLevelDecoder();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const pieces = preTokenize(preTokenizer, AlignedText.of(text));
      expect(decoder.decodeChain(pieces.map((piece) => piece.text)).join("")).toBe(text);
    }),
  );
});
