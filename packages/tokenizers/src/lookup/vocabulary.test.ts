import { expect, test } from "vitest";
import { TokenizerFormatError } from "../errors.ts";
import { Vocabulary } from "./vocabulary.ts";

const read = (json: string) => Vocabulary.fromJson(JSON.parse(json), "model.vocab");

test("a vocabulary finds ids by token and tokens by id", () => {
  const vocabulary = read('{"b":1,"a":0}');
  expect(vocabulary.size).toBe(2);
  expect(vocabulary.tokenToId("b")).toBe(1);
  expect(vocabulary.idToToken(0)).toBe("a");
  expect(vocabulary.tokenToId("c")).toBeUndefined();
  expect(vocabulary.idToToken(2)).toBeUndefined();
});

test("ids may have holes, which count for the size and belong to no token", () => {
  const vocabulary = read('{"b":2147483647,"a":1}');
  expect(vocabulary.size).toBe(2 ** 31);
  expect(vocabulary.tokens).toEqual(["a", "b"]);
  expect([0, 1, 2].map((id) => vocabulary.idToToken(id))).toEqual([undefined, "a", undefined]);
  expect(vocabulary.toJson()).toEqual({ a: 1, b: 2147483647 });
});

test("a token that is listed again has its last id", () => {
  const vocabulary = Vocabulary.fromRepeatedTokens(["a", "b", "a"]);
  expect([vocabulary.size, vocabulary.tokenToId("a"), vocabulary.idToToken(0)]).toEqual([3, 2, "a"]);
});

test("of tokens with one id the last decodes, also when it is read again", () => {
  const vocabulary = read('{"c":3,"b":0,"a":0,"d":1}');
  expect(["a", "b", "d"].map((token) => vocabulary.tokenToId(token))).toEqual([0, 0, 1]);
  expect([0, 1, 2, 3].map((id) => vocabulary.idToToken(id))).toEqual(["a", "d", undefined, "c"]);
  expect([vocabulary.size, vocabulary.tokens]).toEqual([4, ["b", "a", "d", "c"]]);
  expect(read(JSON.stringify(vocabulary.toJson()))).toEqual(vocabulary);
});

test("names of object members are ordinary tokens", () => {
  const json = '{"__proto__":0,"constructor":1,"toString":2,"0":3}';
  const vocabulary = read(json);
  expect(vocabulary.tokens).toEqual(["__proto__", "constructor", "toString", "0"]);
  expect(read(JSON.stringify(vocabulary.toJson())).tokens).toEqual(vocabulary.tokens);
  expect(read('{"a":0}').tokenToId("__proto__")).toBeUndefined();
});

test.each([
  ['{"a":-1}', "tokenizer.json at model.vocab.a: expected an integer from 0 to 2147483647, got -1"],
  ['{"a b":0.5}', 'tokenizer.json at model.vocab["a b"]: expected an integer from 0 to 2147483647, got 0.5'],
  ['{"a":"0"}', 'tokenizer.json at model.vocab.a: expected an integer from 0 to 2147483647, got "0"'],
  ['{"\\ud800":0}', 'tokenizer.json at model.vocab["\\ud800"]: expected well-formed Unicode, got a lone surrogate'],
  ["[]", "tokenizer.json at model.vocab: expected an object, got an array of 0"],
])("the vocabulary %s is refused with its key path", (json, message) => {
  expect(() => read(json)).toThrow(TokenizerFormatError);
  expect(() => read(json)).toThrow(message);
});

test("a list with a token twice is refused", () => {
  expect(() => Vocabulary.fromTokens(["a", "a"])).toThrow('expected tokens that differ, got "a" twice');
});
