/** Subword trainers and models against Hugging Face's tokenizers; golden/make_subwords.py made the values. */
import { readFileSync } from "node:fs";
import { trainBpe, trainWordPiece } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readModel } from "../src/models/read-model.ts";

interface GoldenSubwords {
  readonly words: readonly (readonly [string, number])[];
  readonly trained: readonly {
    readonly kind: "WordPiece" | "BPE";
    readonly options: {
      readonly vocab_size: number;
      readonly min_frequency?: number;
      readonly limit_alphabet?: number;
      readonly initial_alphabet?: readonly string[];
      readonly continuing_subword_prefix?: string;
      readonly end_of_word_suffix?: string;
      readonly max_token_length?: number;
    };
    readonly vocab: readonly string[];
    readonly merges: readonly (readonly [string, string])[] | null;
  }[];
  readonly cut: readonly {
    readonly model: { readonly type: string };
    readonly results: readonly {
      readonly piece: string;
      readonly ids: readonly number[];
      readonly tokens: readonly string[];
      readonly offsets: readonly (readonly [number, number])[];
    }[];
  }[];
}

const golden: GoldenSubwords = JSON.parse(readFileSync(new URL("golden/subwords.json", import.meta.url), "utf8"));

test.each(golden.trained)("$kind trained with $options has Hugging Face's vocabulary and merges", (expected) => {
  const { options } = expected;
  const ours = {
    specialTokens: ["[PAD]", "[UNK]"],
    unkToken: "[UNK]",
    minFrequency: options.min_frequency ?? 1,
    vocabSize: options.vocab_size,
    limitAlphabet: options.limit_alphabet,
    initialAlphabet: options.initial_alphabet ?? [],
    continuingSubwordPrefix: options.continuing_subword_prefix,
    endOfWordSuffix: options.end_of_word_suffix,
    maxTokenLength: options.max_token_length,
  };
  const words = new Map(golden.words);
  if (expected.kind === "WordPiece") {
    expect(trainWordPiece(words, ours).vocabulary.tokens).toEqual(expected.vocab);
    return;
  }
  const model = trainBpe(words, ours);
  expect(model.vocabulary.tokens).toEqual(expected.vocab);
  expect(model.merges).toEqual(expected.merges);
});

describe.each(golden.cut)("the model $model", ({ model: json, results }) => {
  const model = readModel(json, "model");

  test.each(results)("cuts $piece as Hugging Face does", ({ piece, ids, tokens, offsets }) => {
    const cut = model.tokenize(piece);
    expect(cut.map(({ id }) => id)).toEqual(ids);
    expect(cut.map(({ token }) => token)).toEqual(tokens);
    expect(cut.map(({ start, end }) => [start, end])).toEqual(offsets);
  });

  test("is written as it was read", () => {
    expect(model.toJson()).toEqual(json);
  });
});
