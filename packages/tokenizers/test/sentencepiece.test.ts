/** SentencePiece's normalization tables and model files; golden/make_sentencepiece.py made the values. */
import { readFileSync } from "node:fs";
import {
  AlignedText,
  readSentencePiece,
  SentencePieceFormatError,
  SentencePieceModel,
  Tokenizer,
  TokenizerError,
  UnknownIdError,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readDecoder } from "../src/decoders/read-decoder.ts";
import { readModel } from "../src/models/read-model.ts";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { decodeBase64 } from "../src/text/base64.ts";

interface Golden {
  readonly charsmap: string;
  readonly normalized: readonly { readonly text: string; readonly normalized: string }[];
  readonly models: readonly {
    readonly name: string;
    readonly model: string;
    readonly encodings: readonly {
      readonly text: string;
      readonly ids: number[];
      readonly tokens: string[];
      readonly offsets: [number, number][];
      readonly decoded: string;
    }[];
    readonly decodings: readonly { readonly ids: number[]; readonly decoded: string }[];
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

function modelNamed(name: string): Uint8Array {
  return decodeBase64(golden.models.find((each) => each.name === name)?.model ?? "") ?? new Uint8Array(0);
}

describe.each(golden.models)("$name", ({ name, encodings, decodings }) => {
  const read = readSentencePiece(modelNamed(name));
  const again = Tokenizer.parse(read.stringify());

  test("is the same tokenizer when written and read", () => {
    expect(again.stringify()).toBe(read.stringify());
    expect(again.toJson().model).toMatchObject({ type: "SentencePiece" });
  });

  test.each(encodings)("encodes $text as SentencePiece does, with its offsets", ({ text, decoded, ...expected }) => {
    for (const tokenizer of [read, again]) {
      const { ids, tokens, offsets } = tokenizer.encode(text);
      expect({ ids, tokens, offsets }).toEqual(expected);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });

  test("decodes any ids as SentencePiece does", () => {
    for (const { ids, decoded } of decodings) expect([ids, again.decode(ids)]).toEqual([ids, decoded]);
    expect(() => again.decode([again.vocabSize])).toThrow(UnknownIdError);
  });
});

test("control symbols are in no text, and stay in a decoded one if that is wanted; the unknown piece has its surface", () => {
  const tokenizer = readSentencePiece(modelNamed("unigram"));
  const { ids, tokens } = tokenizer.encode("the</s>");
  expect(ids).not.toContain(tokenizer.eosId);
  expect(tokens.join("")).toBe("▁the</s>");
  const withControl = [tokenizer.bosId, ...tokenizer.encode("the").ids, tokenizer.unkId, tokenizer.eosId];
  expect(tokenizer.decode(withControl)).toBe("the ⁇ ");
  expect(tokenizer.decode(withControl, { skipSpecialTokens: false })).toBe("<s> the ⁇ </s>");
});

test("a lone surrogate counts as U+FFFD", () => {
  const tokenizer = readSentencePiece(modelNamed("char-symbols"));
  expect(tokenizer.encode("a\ud800").ids).toEqual(tokenizer.encode("a\ufffd").ids);
});

test("a part of a text that is spelled like a control symbol is unknown, where SentencePiece fails", () => {
  expect(readSentencePiece(modelNamed("merges")).encode("a0a").tokens).toEqual(["a", "0", "a"]);
  expect(readSentencePiece(modelNamed("merges")).encode("a0a").ids).toEqual([3, 0, 3]);
});

test("places of a text that another stage has changed are those of the original", () => {
  const normalizer = readSentencePiece(modelNamed("unigram")).parts.normalizer;
  const changed = AlignedText.of("(the …)").slice(1, 6);
  const text = normalizer?.normalize(changed);
  expect(text?.text).toBe("▁the▁...");
  expect(Array.from(text?.text ?? "", (_, unit) => text?.originalRange(unit, unit + 1))).toEqual([
    [1, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 5],
    [5, 5],
    [5, 6],
  ]);
});

test("unigram models have other cuts than the best; other kinds do not", () => {
  const { model } = readSentencePiece(modelNamed("unigram")).parts;
  if (!(model instanceof SentencePieceModel)) throw new TypeError("expected a SentencePiece model");
  const [best, second] = model.nBest("▁the", 2);
  expect(best?.tokens).toEqual(model.tokenize("▁the"));
  expect(best?.score).toBeGreaterThan(second?.score ?? 0);
  expect(second?.tokens.map(({ token }) => token).join("")).toBe("▁the");
  expect(model.sample("▁the", 1e9, () => 0.5)).toEqual(best?.tokens);
  const bpe = readSentencePiece(modelNamed("bpe")).parts.model as SentencePieceModel;
  expect(() => bpe.nBest("▁the", 2)).toThrow("nBest: expected a SentencePiece model of the kind unigram, got bpe");
});

test("spaces at both ends go, also where there are a great many", () => {
  const tokenizer = readSentencePiece(modelNamed("unigram"));
  const spaces = " ".repeat(200_000);
  expect(tokenizer.encode(`${spaces}the${spaces}the ▁ ▁`).tokens).toEqual(["▁the", "▁the"]);
  expect(tokenizer.encode(`  ${spaces}`).tokens).toEqual([]);
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
      'SentencePiece model at pieces[1].piece: expected pieces that differ, got "a", which piece 0 is too',
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
      "another kind of model",
      [18, 2, 24, 5],
      "SentencePiece model at trainer_spec.model_type: expected 1 (unigram), 2 (BPE), 3 (word) or 4 (char), got 5",
    ],
    [
      "no unknown piece",
      [10, 3, 10, 1, 97],
      "SentencePiece model at pieces: expected one piece of the type unknown, got 0",
    ],
    [
      "two unknown pieces",
      [10, 5, 10, 1, 97, 24, 2, 10, 5, 10, 1, 98, 24, 2],
      "SentencePiece model at pieces: expected one piece of the type unknown, got 2",
    ],
    [
      "bytes without byte fallback",
      [10, 5, 10, 1, 97, 24, 2, 10, 5, 10, 1, 98, 24, 6],
      "SentencePiece model at pieces: expected no pieces of the type byte without byte fallback, got 1 of them",
    ],
    [
      "byte fallback without bytes",
      [10, 5, 10, 1, 97, 24, 2, 18, 3, 0x98, 2, 1],
      "SentencePiece model at pieces: expected the 256 pieces of bytes for byte fallback, got none for <0x00>",
    ],
    [
      "a score that is no number",
      [10, 10, 10, 1, 97, 24, 2, 21, 0, 0, 0xc0, 0x7f],
      "SentencePiece model at pieces[0].score: expected a finite number, got NaN",
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toThrow(SentencePieceFormatError);
    expect(refusal(bytes)).toThrow(message);
  });
});

describe("of a tokenizer.json", () => {
  const json = { type: "SentencePiece", algorithm: "char", vocab: [["<unk>", 0, "unknown"]] };

  test.each([
    [{ algorithm: "bytes" }, 'model.algorithm: expected one of unigram, bpe, word, char, got "bytes"'],
    [{ vocab: [["a", 0]] }, "model.vocab: expected one piece of the type unknown, got 0"],
    [{ vocab: [["", 0]] }, "model.vocab[0][0]: expected some text, got none"],
    [{ vocab: [["a", null]] }, "model.vocab[0][1]: expected a finite number, got null"],
    [{ vocab: [["a", 0, "odd"]] }, "model.vocab[0][2]: expected one of normal, unknown, control, user_defined"],
    [
      { vocab: [["a", 0, "unknown", 1]] },
      "model.vocab[0]: expected a piece, its score and its type, got an array of 4",
    ],
    [{ vocab: [...json.vocab, ["a", 0], ["a", 1]] }, 'model.vocab[2]: expected pieces that differ, got "a"'],
    [{ byte_fallback: true }, "model.vocab: expected the 256 pieces of bytes for byte fallback, got none for <0x00>"],
  ])("refuses a model with %j", (change, message) => {
    expect(() => readModel({ ...json, ...change }, "model")).toThrow(message);
  });

  test.each([
    [{ precompiled_charsmap: "?" }, 'normalizer.precompiled_charsmap: expected base64, got "?"'],
    [{ precompiled_charsmap: "AAA=" }, "normalizer.precompiled_charsmap: expected a compiled table, got 2 bytes"],
    [{ user_defined_symbols: [7] }, "normalizer.user_defined_symbols[0]: expected a string, got 7"],
    [{ add_dummy_prefix: "yes" }, 'normalizer.add_dummy_prefix: expected true or false, got "yes"'],
  ])("refuses a normalizer with %j", (change, message) => {
    expect(() => readNormalizer({ type: "SentencePiece", ...change }, "normalizer")).toThrow(message);
  });

  test("refuses a decoder without the unknown piece", () => {
    expect(() => readDecoder({ type: "SentencePiece" }, "decoder")).toThrow(
      "decoder.unk_token: expected a string, got nothing",
    );
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
