/** Ids, tokens, offsets, vocabularies and merges against Hugging Face's tokenizers; golden/make_golden.py made them. */
import { readFileSync } from "node:fs";
import { Tokenizer } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { AlignedText } from "../src/text/aligned-text.ts";
import { describePreTokenizers, type GoldenPreTokenizer } from "./describe-pre-tokenizers.ts";
import { trainGoldenTokenizers } from "./golden/golden-tokenizers.ts";

interface GoldenEncoding {
  readonly text: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  readonly idsWithSpecial: readonly number[];
  readonly decoded: string;
  readonly decodedWithSpecial: string;
}

interface Golden {
  readonly encodings: Readonly<Record<string, readonly GoldenEncoding[]>>;
  readonly trained: Readonly<
    Record<
      string,
      { readonly vocab: readonly string[]; readonly merges: readonly (readonly [string, string])[] | null }
    >
  >;
  readonly preTokenizers: readonly GoldenPreTokenizer[];
  readonly normalizers: readonly {
    readonly json: unknown;
    readonly results: readonly { readonly text: string; readonly normalized: string }[];
  }[];
}

const read = (name: string) => readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
const golden: Golden = JSON.parse(read("golden.json"));
const trained = trainGoldenTokenizers(read("corpus.txt"));

describe.each(Object.entries(golden.encodings))("%s", (file, encodings) => {
  const tokenizer = Tokenizer.parse(read(file));

  test.each(encodings)("encodes $text as Hugging Face does", (expected) => {
    const { ids, offsets } = tokenizer.encode(expected.text);
    const tokens = ids.map((id) => tokenizer.idToToken(id));
    expect({ ids, tokens, offsets }).toEqual({ ids: expected.ids, tokens: expected.tokens, offsets: expected.offsets });
    expect(tokenizer.encode(expected.text, { addSpecialTokens: true }).ids).toEqual(expected.idsWithSpecial);
  });

  test.each(encodings)("decodes the ids of $text as Hugging Face does", ({ ids, decoded, decodedWithSpecial }) => {
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(decodedWithSpecial);
  });
});

describe.each([...trained])("training %s", (name, tokenizer) => {
  test("writes the committed file, byte for byte", () => {
    expect(tokenizer.stringify()).toBe(read(`${name}.tokenizer.json`));
  });

  test("chooses the vocabulary and merges of Hugging Face's trainer", () => {
    const model: { vocab: Record<string, number>; merges?: unknown } = JSON.parse(tokenizer.stringify()).model;
    const vocab = Object.keys(model.vocab).sort((a, b) => (model.vocab[a] ?? 0) - (model.vocab[b] ?? 0));
    expect(vocab).toEqual(golden.trained[name]?.vocab);
    expect(model.merges ?? null).toEqual(golden.trained[name]?.merges);
  });
});

describePreTokenizers(golden.preTokenizers);

describe.each(golden.normalizers.map(({ json, results }) => [JSON.stringify(json), json, results] as const))(
  "normalizer %s",
  (_, json, results) => {
    const normalizer = readNormalizer(json, "normalizer");

    test.each(results)("normalizes $text", ({ text, normalized }) => {
      expect(normalizer.normalize(AlignedText.of(text)).text).toBe(normalized);
    });

    test("is written as it was read", () => {
      expect(normalizer.toJson()).toEqual(json);
    });
  },
);
