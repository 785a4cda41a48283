import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { specialToken } from "./added-tokens/added-tokens.ts";
import { FuseDecoder } from "./decoders/fuse.ts";
import { TokenizerFormatError } from "./errors.ts";
import { Vocabulary } from "./lookup/vocabulary.ts";
import { WordLevelModel } from "./models/word-level/model.ts";
import { Tokenizer } from "./tokenizer.ts";
import { trainTokenizer } from "./training/train-tokenizer.ts";

const word = trainTokenizer(
  { kind: "word", lowercase: true, normalize: "nfc", preTokenizer: "whitespace", minFrequency: 1 },
  ["the cat sat", "the mat"],
);

test("encoding gives ids, tokens and ranges of the original", () => {
  const { ids, tokens, offsets } = word.encode(" The  dog");
  expect(ids).toEqual([4, 1]);
  expect(tokens).toEqual(["the", "<unk>"]);
  expect(offsets).toEqual([
    [1, 4],
    [6, 9],
  ]);
  expect(word.encode("").columns).toMatchObject({ tokens: [], offsets: [] });
  expect(word.encodeBatch(["the", "cat"]).map(({ ids }) => ids)).toEqual([[4], [5]]);
});

test("special tokens are added on request, at the empty range", () => {
  const { ids, tokens, offsets } = word.encode("the", { addSpecialTokens: true });
  expect(ids).toEqual([2, 4, 3]);
  expect(tokens).toEqual(["<s>", "the", "</s>"]);
  expect(offsets).toEqual([
    [0, 0],
    [0, 3],
    [0, 0],
  ]);
});

test("ids and tokens of the special roles", () => {
  expect([word.padId, word.unkId, word.bosId, word.eosId]).toEqual([0, 1, 2, 3]);
  expect(word.vocabSize).toBe(8);
  expect(word.tokenToId("</s>")).toBe(3);
  expect(word.idToToken(7)).toBe("sat");
  expect(word.idToToken(8)).toBeUndefined();
  expect(word.tokenToId("dog")).toBeUndefined();
  expect([word.isSpecial(0), word.isSpecial(4)]).toEqual([true, false]);
});

test("a text that spells out a special token gives it, unless it is to be taken literally", () => {
  expect(word.encode("the</s>").ids).toEqual([4, 3]);
  expect(word.encode("the</s>", { matchAddedTokens: false }).ids).toEqual([4, 1, 1, 1]);
});

test("decoding leaves special tokens out unless asked, takes typed arrays, and refuses foreign ids", () => {
  expect(word.decode(Int32Array.of(2, 4, 5, 3))).toBe("the cat");
  expect(word.decode([2, 4, 5, 3], { skipSpecialTokens: false })).toBe("<s> the cat </s>");
  expect(() => word.decode([8])).toThrow("decode: expected ids from 0 to 7, got 8");
  expect(() => word.decode([-1])).toThrow("decode: expected ids from 0 to 7, got -1");
  expect(() => word.decode([Number.NaN])).toThrow("got NaN");
});

test("a missing special token is an error that says where it was looked for", () => {
  const bare = new Tokenizer({ model: new WordLevelModel(Vocabulary.fromTokens(["a"])) });
  expect(() => bare.padId).toThrow(
    "tokenizer: has no pad token, expected one of <pad>, [PAD], <|pad|> among the special added tokens",
  );
  expect(() => bare.unkId).toThrow("has no unk token");
});

test("special tokens can go by other names, and new ones get ids behind the vocabulary", () => {
  const bare = new Tokenizer({
    model: new WordLevelModel(Vocabulary.fromTokens(["a", "_", "?"]), "?"),
    addedTokens: [{ ...specialToken(3, "<user>"), special: false }],
  });
  const named = bare.withSpecialTokens({ pad: "_", bos: "<user>", eos: "<end>", unk: undefined });
  expect([named.padId, named.unkId, named.bosId, named.eosId]).toEqual([1, 2, 3, 4]);
  expect(named.decode([0, 1, 3, 4])).toBe("a");
  expect(bare.withSpecialTokens({ unk: "a" }).unkId).toBe(0);
  const read = Tokenizer.parse(named.stringify(), { specialTokens: { eos: "<end>" } });
  expect(read.eosId).toBe(4);
  expect(() => read.padId).toThrow("has no pad token");
  expect(() => Tokenizer.parse(named.stringify(), { specialTokens: { pad: "none" } }).padId).toThrow(
    "expected one of none among",
  );
});

test("a lone surrogate counts as the replacement character and moves no offset", () => {
  const char = trainTokenizer(
    { kind: "char", unit: "codePoint", lowercase: false, normalize: "none", minFrequency: 1 },
    ["a\ufffdb"],
  );
  const { tokens, offsets } = char.encode("a\ud83db");
  expect(tokens).toEqual(["a", "\ufffd", "b"]);
  expect(offsets).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
});

test("files are written in a fixed order and read back to the same bytes", () => {
  const text = word.stringify();
  expect(Object.keys(word.toJson())).toEqual([
    "version",
    "truncation",
    "padding",
    "added_tokens",
    "normalizer",
    "pre_tokenizer",
    "post_processor",
    "decoder",
    "model",
  ]);
  expect(Tokenizer.parse(text).stringify()).toBe(text);
});

test("the parts of a tokenizer make an equal one, or one with another stage", () => {
  expect(new Tokenizer(word.parts).stringify()).toBe(word.stringify());
  const fused = new Tokenizer({ ...word.parts, decoder: new FuseDecoder() });
  expect(fused.decode([4, 5])).toBe(`${word.idToToken(4)}${word.idToToken(5)}`);
  expect(fused.toJson()).toEqual({ ...word.toJson(), decoder: { type: "Fuse" } });
});

describe("a broken tokenizer.json is refused with its key path", () => {
  const valid = (): Record<string, unknown> => JSON.parse(word.stringify());
  const added = (id: number, content: string) => ({ id, content, special: true });

  test.each<[string, unknown, string]>([
    ["text that is not JSON", undefined, "tokenizer.json: expected JSON, got"],
    ["a list", [], "tokenizer.json: expected an object, got an array of 0"],
    [
      "a newer version",
      { ...valid(), version: "2.0" },
      'at version: expected "1.0" (nothing else is supported), got "2.0"',
    ],
    ["truncation", { ...valid(), truncation: {} }, "at truncation.max_length: expected an integer"],
    ["padding", { ...valid(), padding: { strategy: "Most" } }, "at padding.strategy: expected one of BatchLongest"],
    ["no model", { ...valid(), model: undefined }, "at model: expected an object, got nothing"],
    ["an unknown model", { ...valid(), model: { type: "Trigram" } }, "at model.type: expected one of WordLevel, BPE"],
    [
      "an empty added token",
      { ...valid(), added_tokens: [added(0, "")] },
      "at added_tokens[0].content: expected some text",
    ],
    ["a wrong id", { ...valid(), added_tokens: [added(3, "<pad>")] }, 'expected id 0 for "<pad>", got 3'],
    ["a hole", { ...valid(), added_tokens: [added(9, "new")] }, 'expected id 8 for "new", got 9'],
    ["a token twice", { ...valid(), added_tokens: [added(0, "<pad>"), added(0, "<pad>")] }, '"<pad>" twice'],
    ["an id twice", { ...valid(), added_tokens: [added(8, "x"), added(8, "y")] }, 'expected id 9 for "y", got 8'],
    [
      "a foreign decoder",
      { ...valid(), decoder: { type: "Foreign" } },
      "at decoder.type: expected one of Fuse, Metaspace",
    ],
    [
      "a template of unknown tokens",
      {
        ...valid(),
        post_processor: { type: "TemplateProcessing", single: [{ SpecialToken: { id: "x" } }], special_tokens: {} },
      },
      'at post_processor.single[0].SpecialToken.id: expected a key of special_tokens, got "x"',
    ],
    [
      "BPE with a dropout that is no probability",
      { ...valid(), model: { type: "BPE", dropout: 1.1, vocab: {}, merges: [] } },
      "at model.dropout: expected a number from 0 to 1, got 1.1",
    ],
    [
      "a merge of three",
      { ...valid(), model: { type: "BPE", vocab: {}, merges: ["a b c"] } },
      'at model.merges[0]: expected two tokens, got "a b c"',
    ],
  ])("%s", (_, value, message) => {
    const read = () => (value === undefined ? Tokenizer.parse("{") : Tokenizer.fromJson(value));
    expect(read).toThrow(TokenizerFormatError);
    expect(read).toThrow(message);
  });

  test("whatever a part of the file is replaced by, it loads or is refused by a format error", () => {
    const bpe = trainTokenizer(
      { kind: "bpe", lowercase: true, normalize: "nfc", preTokenizer: "metaspace", minFrequency: 1, vocabSize: 20 },
      ["aba ab"],
    );
    fc.assert(
      fc.property(fc.constantFrom(word, bpe), fc.nat(), fc.jsonValue(), (tokenizer, place, replacement) => {
        const value: unknown = JSON.parse(tokenizer.stringify());
        replaceSomething(value, place, replacement);
        try {
          Tokenizer.fromJson(value).encode("aba the");
        } catch (error) {
          expect((error as Error).name).toMatch(/^(TokenizerFormatError|UnknownTokenError)$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Replaces the value at one place of a JSON document, chosen by number. */
function replaceSomething(root: unknown, place: number, replacement: unknown): void {
  const places: [container: Record<string, unknown>, key: string][] = [];
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(root);
  const [container, key] = places[place % places.length] ?? [{}, ""];
  container[key] = replacement;
}

test("ids without a token count for the vocabulary's size and decode to nothing", () => {
  const tokenizer = Tokenizer.fromJson({
    model: { type: "WordLevel", vocab: { a: 0, b: 5 }, unk_token: "a" },
    added_tokens: [{ id: 2, content: "<x>", special: true }],
  });
  expect(tokenizer.vocabSize).toBe(6);
  expect(tokenizer.encode("b<x>").ids).toEqual([5, 2]);
  expect(tokenizer.decode([0, 3, 5])).toBe("a b");
  expect(() => tokenizer.decode([6])).toThrow("decode: expected ids from 0 to 5, got 6");
});

test("an added token that is looked for in normalized text is shown as it is found there", () => {
  const tokenizer = Tokenizer.fromJson({
    model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" },
    normalizer: { type: "Lowercase" },
    added_tokens: [
      { id: 1, content: "ABC", normalized: true },
      { id: 2, content: "XYZ", normalized: false, special: true },
      { id: 3, content: "END", normalized: true, special: true },
    ],
  });
  expect(tokenizer.encode("ABCXYZ").tokens).toEqual(["abc", "XYZ"]);
  expect(tokenizer.idToToken(1)).toBe("abc");
  expect(tokenizer.decode([1, 2, 3])).toBe("abc end"); // a special token is known by its own spelling only
  expect(tokenizer.decode([1, 2, 3], { skipSpecialTokens: false })).toBe("abc XYZ end");
});

/** What Hugging Face's tokenizers 0.23.2 gives. */
test.each([
  ["<a>  b", [1, 3, 2], ["<a>  ", " ", " b"]],
  ["<a>  x", [1, 3, 3, 0], ["<a>  ", " ", " ", "x"]],
  ["<a>\t x", [1, 3, 0], ["<a>\t ", " ", "x"]],
  ["<a>  <c>x", [1, 3, 3, 4, 0], ["<a>  ", " ", " ", "<c>", "x"]],
])("white space that an added token of %j takes along may be an added token itself", (text, ids, sources) => {
  const token = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
  const tokenizer = Tokenizer.fromJson({
    model: { type: "WordLevel", vocab: { "<unk>": 0 }, unk_token: "<unk>" },
    added_tokens: [
      { ...token, id: 1, content: "<a>", rstrip: true },
      { ...token, id: 2, content: " b" },
      { ...token, id: 3, content: " " },
      { ...token, id: 4, content: "<c>", lstrip: true },
    ],
  });
  const encoding = tokenizer.encode(text);
  expect(encoding.ids).toEqual(ids);
  expect(encoding.offsets.map((range) => text.slice(...range))).toEqual(sources);
});
