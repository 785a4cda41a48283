/** Unigram models against Hugging Face's tokenizers; golden/make_unigram.py made the values. */
import { readFileSync } from "node:fs";
import {
  AlignedText,
  MetaspacePreTokenizer,
  preTokenize,
  Tokenizer,
  trainUnigram,
  UnigramModel,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readModel } from "../src/models/read-model.ts";

interface GoldenEncoding {
  readonly text: string;
  readonly ids: number[];
  readonly tokens: string[];
  readonly offsets: number[][];
  readonly decoded: string;
}

interface GoldenCase {
  readonly name: string;
  readonly json: { readonly model: unknown };
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

test("training fits the text as well as Hugging Face's trainer at the same size", () => {
  const preTokenizer = new MetaspacePreTokenizer();
  const counts = new Map<string, number>();
  for (const line of readFileSync(new URL("golden/corpus.txt", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")) {
    for (const { text } of preTokenize(preTokenizer, AlignedText.of(line)))
      counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const logLikelihood = (model: unknown) => {
    if (!(model instanceof UnigramModel)) throw new TypeError("expected a unigram model");
    return [...counts].reduce((sum, [word, count]) => sum + count * (model.nBest(word, 1)[0]?.score ?? 0), 0);
  };
  const theirs = readModel(golden[0]?.json.model, "model");
  const ours = trainUnigram(counts, { specialTokens: ["<unk>"], unkToken: "<unk>", vocabSize: theirs.vocabulary.size });
  expect(ours.vocabulary.size).toBe(theirs.vocabulary.size);
  expect(logLikelihood(ours)).toBeGreaterThan(1.005 * logLikelihood(theirs)); // both are below 0
});
