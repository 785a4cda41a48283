/** Ids and texts of Keras's Tokenizer; golden/make_keras.py made them. */
import { readFileSync } from "node:fs";
import {
  kerasTokenizer,
  openTokenizer,
  Tokenizer,
  TokenizerFileError,
  TokenizerFormatError,
} from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

interface Golden {
  readonly file: string;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}

const golden: readonly Golden[] = JSON.parse(readFileSync(new URL("golden/keras.json", import.meta.url), "utf8"));
const [plain] = golden;

describe.each(golden.map((each) => ({ ...each, options: optionsOf(each.file) })))("$options", (expected) => {
  const tokenizer = kerasTokenizer(expected.file);

  test("has the ids of Keras", () => {
    for (const [index, text] of expected.texts.entries()) {
      expect([text, tokenizer.encode(text).ids]).toEqual([text, expected.ids[index]]);
    }
  });

  test("decodes as Keras", () => {
    expect(expected.ids.map((ids) => tokenizer.decode(ids))).toEqual(expected.decoded);
  });

  test("is the same as a tokenizer.json", () => {
    const same = Tokenizer.parse(tokenizer.stringify());
    for (const [index, text] of expected.texts.entries()) expect(same.encode(text).ids).toEqual(expected.ids[index]);
  });
});

test("a file is opened, also one that json.dump made a JSON string of", async () => {
  const open = (text: string) => openTokenizer("words.json", async () => new TextEncoder().encode(text));
  for (const text of [plain?.file ?? "", JSON.stringify(plain?.file)]) {
    expect((await open(text)).encode("The CAT!").ids).toEqual([1, 2]);
  }
  await expect(open('{"class_name":"Tokenizer","config":{}}')).rejects.toThrow(TokenizerFileError);
});

test.each([
  ['{"class_name":"Other"}', 'at class_name: expected "Tokenizer", got an object'],
  ['{"class_name":"Tokenizer"}', "at config: expected an object, got nothing"],
  ['{"class_name":"Tokenizer","config":{}}', "at config.word_index: expected an object, got nothing"],
  [
    '{"class_name":"Tokenizer","config":{"word_index":"{\\"a\\":\\"b\\"}"}}',
    "at config.word_index.a: expected an integer",
  ],
  ['{"class_name":"Tokenizer","config":{"word_index":"{}","split":""}}', 'at config.split: expected some text, got ""'],
])("%s is refused by key path", (json, message) => {
  expect(() => kerasTokenizer(json)).toThrow(TokenizerFormatError);
  expect(() => kerasTokenizer(json)).toThrow(message);
});

test("as a tokenizer.json it is named", () => {
  const read = () => Tokenizer.parse(plain?.file ?? "");
  expect(read).toThrow(
    "expected a tokenizer.json, got a tokenizer of Keras (Tokenizer.to_json); openTokenizer and kerasTokenizer",
  );
});

function optionsOf(file: string): string {
  const { num_words, filters, lower, split, char_level, oov_token } = JSON.parse(file).config;
  return JSON.stringify({ num_words, filters, lower, split, char_level, oov_token });
}
