/** In a page, every stage gives what Hugging Face's library gave; Node's tests compare the same files in more detail. */
import { AlignedText, readSentencePiece, Tokenizer } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";
import { readDecoder } from "../src/decoders/read-decoder.ts";
import { readModel } from "../src/models/read-model.ts";
import { readNormalizer } from "../src/normalizers/read-normalizer.ts";
import { decodeBase64 } from "../src/text/base64.ts";
import decoders from "../test/golden/decoders.json" with { type: "json" };
import byteLevelFile from "../test/golden/hf-byte-level.tokenizer.json" with { type: "json" };
import postProcessors from "../test/golden/post-processors.json" with { type: "json" };
import regexes from "../test/golden/regexes.json" with { type: "json" };
import sentencePiece from "../test/golden/sentencepiece.json" with { type: "json" };
import stages from "../test/golden/stages.json" with { type: "json" };
import subwords from "../test/golden/subwords.json" with { type: "json" };
import unigram from "../test/golden/unigram.json" with { type: "json" };

const titled = <T extends { readonly json: unknown }>(goldens: readonly T[]) =>
  goldens.map((golden) => [JSON.stringify(golden.json).slice(0, 120), golden] as const);

/** Code points with their ranges in the original. */
function charactersOf(text: AlignedText): (string | number)[][] {
  let start = 0;
  return Array.from(text.text, (character) => {
    const end = start + character.length;
    const part = [character, ...text.originalRange(start, end)];
    start = end;
    return part;
  });
}

test.each(regexes)("the expression $pattern matches where Oniguruma does", ({ pattern, results }) => {
  const normalizer = readNormalizer({ type: "Replace", pattern: { Regex: pattern }, content: "#" }, "normalizer");
  const marked = results.map(({ text }) => normalizer.normalize(AlignedText.of(text)).text);
  expect(marked).toEqual(results.map((result) => result.marked));
});

test.each(titled(stages.normalizers))("normalizer %s", (_, { json, results }) => {
  const normalizer = readNormalizer(json, "normalizer");
  for (const { text, parts } of results)
    expect(charactersOf(normalizer.normalize(AlignedText.of(text)))).toEqual(parts);
});

test.each(titled(stages.preTokenizers))("pre-tokenizer %s", (_, { json, results }) => {
  const model = { type: "WordLevel", vocab: { "<unk>": 0 }, unk_token: "<unk>" }; // one token for each piece
  const tokenizer = Tokenizer.fromJson({ model, pre_tokenizer: json });
  for (const { text, parts } of results) {
    expect(tokenizer.encode(text).offsets).toEqual(parts.map(([, ...range]) => range));
  }
});

test.each(subwords.cut)("the model $model", ({ model: json, results }) => {
  const model = readModel(json, "model");
  for (const { piece, ids } of results) expect(model.tokenize(piece).map(({ id }) => id)).toEqual(ids);
});

test.each(titled(postProcessors))("post-processor %s", (_, { json, results }) => {
  const tokenizer = Tokenizer.fromJson({ ...byteLevelFile, post_processor: json });
  for (const { texts, addSpecialTokens, encoding } of results) {
    const [text = "", pair] = texts;
    const { ids, columns } = tokenizer.encode(text, { ...(pair === undefined ? {} : { pair }), addSpecialTokens });
    expect({ ids, ...columns }).toEqual(encoding);
  }
});

test.each(decoders)("decoder $name", ({ json, results }) => {
  const decoder = readDecoder(json, "decoder");
  for (const { tokens, decoded } of results) expect(decoder.decodeChain(tokens).join("")).toBe(decoded);
});

test.each(unigram)("unigram model $name", ({ json, encodings }) => {
  const tokenizer = Tokenizer.fromJson(json);
  for (const { text, ids, offsets, decoded } of encodings) {
    const encoding = tokenizer.encode(text);
    expect({ ids: encoding.ids, offsets: encoding.offsets }).toEqual({ ids, offsets });
    expect(tokenizer.decode(ids)).toBe(decoded);
  }
});

describe("SentencePiece", () => {
  test("normalizes by its table", () => {
    const json = { type: "Precompiled", precompiled_charsmap: sentencePiece.charsmap };
    const normalizer = readNormalizer(json, "normalizer");
    for (const { text, normalized } of sentencePiece.normalized) {
      expect(normalizer.normalize(AlignedText.of(text)).text).toBe(normalized);
    }
  });

  test.each(sentencePiece.models)("model $name is read", ({ model, encodings }) => {
    const tokenizer = readSentencePiece(decodeBase64(model) ?? new Uint8Array(0));
    for (const { text, ids } of encodings) expect(tokenizer.encode(text).ids).toEqual(ids);
  });
});

test("patterns that may backtrack are searched without a clock", () => {
  const normalizer = readNormalizer({ type: "Replace", pattern: { Regex: "(a+)+$" }, content: "#" }, "normalizer");
  expect(normalizer.normalize(AlignedText.of("baaa")).text).toBe("b#");
});
