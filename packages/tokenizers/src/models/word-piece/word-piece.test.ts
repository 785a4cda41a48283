import fc from "fast-check";
import { expect, test } from "vitest";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { readModel } from "../read-model.ts";
import { WordPieceModel } from "./model.ts";
import { trainWordPiece } from "./trainer.ts";
import { readVocabTxt, writeVocabTxt } from "./vocab-txt.ts";

const vocabulary = Vocabulary.fromTokens(["[UNK]", "a", "##b", "##", "##🎂", "ab", "##bb"]);
const model = new WordPieceModel({ vocabulary });
const textsOf = (piece: string) => model.tokenize(piece).map(({ token }) => token);

test("a word is cut into the longest tokens from left to right", () => {
  expect(textsOf("abbb")).toEqual(["ab", "##bb"]);
  expect(model.tokenize("a🎂b")).toEqual([
    { id: 1, token: "a", start: 0, end: 1 },
    { id: 4, token: "##🎂", start: 1, end: 3 },
    { id: 2, token: "##b", start: 3, end: 4 },
  ]);
});

test("a token with the prefix is met by a word that begins with it literally", () => {
  expect(textsOf("##bb")).toEqual(["##bb"]);
  expect(textsOf("##b🎂")).toEqual(["##b", "##🎂"]);
});

test("a word with an unknown part is one unknown token, even where a shorter cut would go on", () => {
  expect(model.tokenize("abx")).toEqual([{ id: 0, token: "[UNK]", start: 0, end: 3 }]);
  expect(textsOf("bab")).toEqual(["[UNK]"]);
  const greedy = new WordPieceModel({ vocabulary: Vocabulary.fromTokens(["[UNK]", "ab", "a", "##bc"]) });
  expect(greedy.tokenize("abc").map(({ token }) => token)).toEqual(["[UNK]"]);
});

test("words of more code points than allowed are unknown", () => {
  const short = new WordPieceModel({ vocabulary, maxInputCharsPerWord: 4 });
  expect(short.tokenize("a🎂🎂🎂").map(({ token }) => token)).toEqual(["a", "##🎂", "##🎂", "##🎂"]);
  expect(short.tokenize("a🎂🎂🎂b").map(({ token }) => token)).toEqual(["[UNK]"]);
  expect(short.tokenize("a🎂🎂🎂🎂🎂🎂").map(({ token }) => token)).toEqual(["[UNK]"]);
});

test("without the unknown token in the vocabulary an unknown word is an error that names it", () => {
  const closed = new WordPieceModel({ vocabulary: Vocabulary.fromTokens(["a"]) });
  expect(closed.tokenize("a")).toHaveLength(1);
  expect(() => closed.tokenize("xy")).toThrow('encode: "xy" is not in the vocabulary');
});

test("tokens without their prefix put the word together again", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "🎂"), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(word, (piece) => {
      const tokens = model.tokenize(piece);
      expect(tokens.map(({ start, end }) => piece.slice(start, end)).join("")).toBe(piece);
    }),
  );
});

test("a word of a million characters is cut in a moment", () => {
  const long = new WordPieceModel({ vocabulary, maxInputCharsPerWord: 1e6 });
  const started = performance.now();
  expect(long.tokenize(`a${"b".repeat(999_999)}`)).toHaveLength(500_000);
  expect(performance.now() - started).toBeLessThan(5_000); // quadratic time would be minutes
});

test("the model is written as it is read, and mistakes are named by key path", () => {
  const json = {
    type: "WordPiece",
    unk_token: "<u>",
    continuing_subword_prefix: "@@",
    max_input_chars_per_word: 7,
    vocab: { "<u>": 0, a: 1, "@@b": 2 },
  };
  const read = readModel(json, "model");
  expect(JSON.stringify(read.toJson())).toBe(JSON.stringify(json));
  expect(read.tokenize("ab").map(({ id }) => id)).toEqual([1, 2]);
  const at = "tokenizer.json at model.max_input_chars_per_word: expected an integer";
  expect(() => readModel({ ...json, max_input_chars_per_word: -1 }, "model")).toThrow(at);
  expect(() => new WordPieceModel({ vocabulary, maxInputCharsPerWord: 1.5 })).toThrow(`${at} >= 0, got 1.5`);
});

test("training learns marked tokens in the order of their frequency, and the model cuts by them", () => {
  const counts = new Map([
    ["aab", 3],
    ["ab", 2],
  ]);
  const trained = trainWordPiece(counts, { specialTokens: ["[UNK]"], minFrequency: 1, vocabSize: 8 });
  expect(trained.vocabulary.tokens).toEqual(["[UNK]", "a", "b", "##a", "##b", "aa", "aab", "ab"]);
  expect(trained.tokenize("aabb").map(({ token }) => token)).toEqual(["aab", "##b"]);
  expect(trained.tokenize("ax").map(({ token }) => token)).toEqual(["[UNK]"]);
  expect(() => trainWordPiece(counts, { specialTokens: ["[UNK]"], minFrequency: 1, vocabSize: 0 })).toThrow(
    "expected vocabSize of at least 1, the number of special tokens, got 0",
  );
});

test("vocab.txt is written as it is read, and a token twice is refused", () => {
  expect(readVocabTxt("[UNK]\na\r\n##b\n").tokens).toEqual(["[UNK]", "a", "##b"]);
  expect(writeVocabTxt(readVocabTxt("[UNK]\na"))).toBe("[UNK]\na\n");
  expect(() => readVocabTxt("a\na ")).toThrow('vocab.txt at line 2: expected a new token, got "a", that of line 1');
});
