/** Files without `type`, and vocabularies that have an id twice, against Hugging Face's library (golden/make_untyped.py). */
import { readFileSync } from "node:fs";
import { Tokenizer, TokenizerFormatError, UnknownTokenError } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

interface Golden {
  readonly untyped: readonly {
    readonly file: Readonly<Record<string, unknown>>;
    readonly written: Readonly<Record<string, unknown>>;
    readonly encodings: readonly { readonly text: string; readonly ids: readonly number[] | null; decoded?: string }[];
  }[];
  readonly twice: readonly {
    readonly file: unknown;
    readonly ids: Readonly<Record<string, number>>;
    /** By id, the tokens that the library may take for it; "" for none. */
    readonly candidates: readonly (readonly string[])[];
    readonly encodings: readonly { readonly text: string; readonly ids: readonly number[] }[];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/untyped.json", import.meta.url), "utf8"));

describe.each(golden.untyped.map((each) => ({ ...each, name: nameOf(each.file) })))("$name", (expected) => {
  const tokenizer = Tokenizer.fromJson(expected.file);

  test("is read as Hugging Face does", () => {
    for (const [key, value] of Object.entries(expected.written)) {
      if (value !== null) expect(tokenizer.toJson()[key]).toEqual(value);
    }
  });

  test("encodes and decodes as Hugging Face does", () => {
    for (const { text, ids, decoded } of expected.encodings) {
      if (ids === null) expect(() => tokenizer.encode(text)).toThrow(UnknownTokenError);
      else {
        expect([text, tokenizer.encode(text, { addSpecialTokens: true }).ids]).toEqual([text, ids]);
        expect(tokenizer.decode(ids)).toBe(decoded);
      }
    }
  });
});

describe.each(golden.twice)("a vocabulary with an id twice, $file.model.vocab", (expected) => {
  const tokenizer = Tokenizer.fromJson(expected.file);

  test("has the ids of Hugging Face, and decodes to one of the tokens that it may take", () => {
    for (const { text, ids } of expected.encodings) expect([text, tokenizer.encode(text).ids]).toEqual([text, ids]);
    for (const [token, id] of Object.entries(expected.ids))
      expect([token, tokenizer.tokenToId(token)]).toEqual([token, id]);
    for (const [id, tokens] of expected.candidates.entries()) expect(tokens).toContain(tokenizer.idToToken(id) ?? "");
  });

  test("is the same when it is written and read again", () => {
    expect(Tokenizer.parse(tokenizer.stringify()).stringify()).toBe(tokenizer.stringify());
  });
});

const VOCAB = { a: 0, b: 1 };

test("a vocabulary alone is a list of words without an unknown one", () => {
  const tokenizer = Tokenizer.fromJson({ model: { vocab: VOCAB } });
  expect(tokenizer.encode("b").ids).toEqual([1]);
  expect(() => tokenizer.encode("c")).toThrow(UnknownTokenError);
});

test.each([
  [{ vocab: VOCAB, merges: ["a c"] }, 'at model.merges[0]: expected tokens of the vocabulary, got "c", which it lacks'],
  [{ vocab: VOCAB, merges: ["a c"], unk_token: "a" }, "at model.merges[0]: expected tokens of the vocabulary"],
  [{ vocab: VOCAB, fuse_unk: false }, "at model.merges: expected an array, got nothing"],
  [{ merges: [] }, "at model.type: expected one of WordLevel, BPE, Unigram, WordPiece, SentencePiece, got nothing"],
  [
    { type: null, vocab: VOCAB, merges: [] },
    "at model.type: expected one of WordLevel, BPE, Unigram, WordPiece, SentencePiece, got null",
  ],
  [
    { type: "Foo", vocab: VOCAB, merges: [] },
    'at model.type: expected one of WordLevel, BPE, Unigram, WordPiece, SentencePiece, got "Foo"',
  ],
])("the model %j is refused by key path", (model, message) => {
  expect(() => Tokenizer.fromJson({ model })).toThrow(TokenizerFormatError);
  expect(() => Tokenizer.fromJson({ model })).toThrow(message);
});

test.each(["pre_tokenizer", "normalizer", "decoder", "post_processor"])("a %s of no known keys is refused", (key) => {
  const read = () => Tokenizer.fromJson({ model: { vocab: VOCAB, merges: [] }, [key]: { replacement: "▁" } });
  expect(read).toThrow(`tokenizer.json at ${key}.type: expected one of`);
});

function nameOf({ model, added_tokens: _, version: __, ...stages }: Readonly<Record<string, unknown>>): string {
  return Object.keys(stages).length > 0 ? JSON.stringify(stages) : JSON.stringify(model);
}
