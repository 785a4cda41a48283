/** SentencePiece's normalization tables and model files; golden/make_sentencepiece.py made the values. */
import { readFileSync } from "node:fs";
import {
  AlignedText,
  readSentencePiece,
  SentencePieceFormatError,
  Tokenizer,
  TokenizerError,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { decodeBase64 } from "../src/text/base64.ts";

interface Golden {
  readonly charsmap: string;
  readonly normalized: readonly { readonly text: string; readonly normalized: string }[];
  readonly models: readonly {
    readonly name: string;
    readonly model: string;
    readonly encodings: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
  }[];
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

  test("a replacement stands where what it replaces did, and takes the place of what is removed behind it", () => {
    const text = normalizer.normalize(AlignedText.of("a½\u200bcafe\u0301!"));
    expect(text.text).toBe("a1⁄2café!");
    const ranges = Array.from(text.text, (_, index) => text.originalRange(index, index + 1));
    expect(ranges.slice(0, 5)).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(ranges.slice(-2)).toEqual([
      [6, 7],
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

const CONTROL = /<(s|\/s|pad|unk)>/;
/** Clusters of which the Precompiled stage takes another part than SentencePiece. */
const SHORTER_MATCH = /ｶﾞ|\r\n/;

function modelNamed(name: string): Uint8Array {
  return decodeBase64(golden.models.find((each) => each.name === name)?.model ?? "") ?? new Uint8Array(0);
}

describe.each(golden.models)("$name", ({ name, encodings }) => {
  const tokenizer = readSentencePiece(modelNamed(name));
  const alike = encodings.filter(({ text }) => !CONTROL.test(text) && !SHORTER_MATCH.test(text));

  test.each(alike)("encodes $text as SentencePiece does", ({ text, ids, decoded }) => {
    expect(tokenizer.encode(text).ids).toEqual(ids);
    if (!ids.includes(tokenizer.unkId)) expect(tokenizer.decode(ids)).toBe(decoded); // SentencePiece writes " ⁇ "
  });

  test("is the same tokenizer when written and read", () => {
    const again = Tokenizer.parse(tokenizer.stringify());
    expect(again.stringify()).toBe(tokenizer.stringify());
    for (const { text } of encodings) expect(again.encode(text)).toEqual(tokenizer.encode(text));
  });
});

test("offsets of a SentencePiece tokenizer point into the original", () => {
  const { tokens, offsets } = readSentencePiece(modelNamed("unigram")).encode("  the  ½");
  expect(tokens).toEqual(["▁the", "▁", "1", "⁄", "2"]);
  expect(offsets).toEqual([
    [2, 5],
    [6, 7],
    [7, 8],
    [7, 8],
    [7, 8],
  ]);
});

/** What SentencePiece 0.2.2 gives. */
test.each([
  ["bread<sep>the bread", ["▁", "bread", "<sep>", "t", "he", "▁", "bread"]],
  ["  breaded bre ", ["▁", "bread", "ed", "▁", "bre"]],
])("user-defined symbols of a BPE stay whole in %j, and no space is put before what follows", (text, tokens) => {
  expect(readSentencePiece(modelNamed("bpe-symbols")).encode(text).tokens).toEqual(tokens);
});

test("spaces at both ends go, also where there are a great many", () => {
  const tokenizer = readSentencePiece(modelNamed("unigram"));
  const spaces = " ".repeat(200_000);
  expect(tokenizer.encode(`${spaces}the${spaces}the ▁ ▁`).tokens).toEqual(["▁the", "▁the"]);
  expect(tokenizer.encode(`  ▁ ▁${spaces}`).tokens).toEqual([]);
});

describe("refuses", () => {
  const refusal = (bytes: readonly number[]) => () => readSentencePiece(Uint8Array.from(bytes));

  test.each([
    ["no pieces", [], "SentencePiece model at pieces: expected at least one piece, got none"],
    ["a cut file", [10, 5, 1], "SentencePiece model: expected 5 bytes, got the end after 1"],
    ["an open number", [0x80], "SentencePiece model: expected a whole number, got the end of the bytes"],
    ["an empty piece", [10, 2, 10, 0], "SentencePiece model at pieces[0].piece: expected some text, got none"],
    [
      "a piece twice",
      [10, 3, 10, 1, 97, 10, 3, 10, 1, 97],
      'SentencePiece model at pieces[1].piece: expected pieces that differ, got "a", which is pieces[0] too',
    ],
    [
      "a broken normalization",
      [26, 4, 18, 2, 1, 2],
      "SentencePiece model at normalizer_spec.precompiled_charsmap: expected a compiled table, got 2 bytes",
    ],
    ["a length beyond the file", [10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "got the end after 0"],
    ["a number without end", new Array(11).fill(0xff), "expected a number of at most 10 bytes, got a longer one"],
    ["groups", [11], "SentencePiece model: expected a field of wire type 0, 1, 2 or 5, got type 3"],
    ["other text", [10, 3, 10, 1, 0xff], "SentencePiece model at pieces[0].piece: expected UTF-8, got other bytes"],
    [
      "a short float",
      [10, 3, 18, 1, 0],
      "SentencePiece model at pieces[0].score: expected a float of 4 bytes, got 1 bytes",
    ],
    [
      "a type of its own",
      [10, 2, 24, 9],
      "SentencePiece model at pieces[0].type: expected a type from 1 to 6, got another",
    ],
    [
      "word models",
      [18, 2, 24, 3],
      "SentencePiece model at trainer_spec.model_type: expected 1 (unigram) or 2 (BPE), got 3",
    ],
    [
      "suffixes",
      [18, 3, 0xc0, 1, 1],
      "SentencePiece model at trainer_spec.treat_whitespace_as_suffix: expected false, got true",
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toThrow(SentencePieceFormatError);
    expect(refusal(bytes)).toThrow(message);
  });
});

test.each(golden.models)("$name, cut anywhere or with a bit flipped, works or is refused", ({ name }) => {
  const bytes = modelNamed(name);
  const attempt = (changed: Uint8Array) => {
    try {
      const tokenizer = readSentencePiece(changed);
      tokenizer.decode(tokenizer.encode("The the  ½ a\u0301 ").ids);
    } catch (error) {
      if (!(error instanceof TokenizerError)) throw error;
    }
  };
  for (let length = 0; length < bytes.length; length += 23) attempt(bytes.subarray(0, length));
  for (let bit = 0; bit < 8 * bytes.length; bit += 199) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    attempt(flipped);
  }
});
