import { expect, test } from "vitest";
import { ForeignFileError, TokenizerFileError } from "../errors.ts";
import { openTokenizer } from "./open-tokenizer.ts";

const open = (path: string, bytes: Uint8Array | string) =>
  openTokenizer(path, async (asked) =>
    asked === path ? (typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes) : undefined,
  );

const SAFETENSORS = Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]);
const ZIP = Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]);
const VECTORS = "2 3\nthe 0.1 -0.2 1e-05\nof 0.3 0.4 0.5\n";
const RANKS = "IQ== 0\nIg== 1\nIw== 2\nJA== 3\n";

test.each<[path: string, bytes: Uint8Array | string, what: string]>([
  ["model.safetensors", SAFETENSORS, "the weights of a model, as safetensors"],
  ["tokenizer.json", SAFETENSORS, "the weights of a model, as safetensors"],
  ["pytorch_model.bin", ZIP, "a zip archive, such as weights"],
  ["tokenizer.json.gz", Uint8Array.from([0x1f, 0x8b, 8, 0]), "packed by gzip; unpack it first"],
  [
    "merges.txt",
    "#version: 0.2\nĠ t\nh e\n",
    "the merges of a byte-level BPE tokenizer (merges.txt); name the vocab.json",
  ],
  ["merges.txt", "Ġ t\nh e\nĠt he\ni n\n", "the merges of a byte-level BPE tokenizer (merges.txt)"],
  ["cc.en.300.vec", VECTORS, "word vectors, as fastText and word2vec write them (.vec)"],
  ["vectors.txt", VECTORS, "word vectors"],
  ["cl100k_base.tiktoken", RANKS, "the ranks of a tiktoken tokenizer (.tiktoken)"],
  ["words.json", '{"a":0,"b":1}', "a vocabulary alone (vocab.json); BPE needs its merges.txt beside it"],
  [
    "tokenizer_config.json",
    '{"tokenizer_class":"BertTokenizer"}',
    "the settings of a tokenizer (tokenizer_config.json)",
  ],
  ["config.json", '{"architectures":["Bert"],"hidden_size":2}', "the settings of a model (config.json)"],
  ["special_tokens_map.json", '{"unk_token":"[UNK]"}', "the names of special tokens (special_tokens_map.json)"],
  ["model.safetensors.index.json", '{"weight_map":{}}', "the index of a model's weights"],
])("%s is named for what it is", async (path, bytes, what) => {
  const opened = open(path, bytes);
  await expect(opened).rejects.toThrow(TokenizerFileError);
  await expect(opened).rejects.toThrow(`${path}: `);
  await expect(opened).rejects.toThrow(`, got ${what}`);
});

test("a vocab.txt is none of them", async () => {
  const vocabulary = await open("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\nwor\n##ld\n");
  expect(vocabulary.encode("hello").ids).toEqual([4]);
});

test("the error has a class of its own as its cause", async () => {
  await expect(open("merges.txt", "#version: 0.2\na b\n")).rejects.toMatchObject({
    cause: expect.any(ForeignFileError),
  });
});
