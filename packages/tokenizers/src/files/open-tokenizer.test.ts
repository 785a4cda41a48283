import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TokenizerFileError, TokenizerNotFoundError } from "../errors.ts";
import { Tokenizer } from "../tokenizer.ts";
import { findTokenizerFiles, openTokenizer, type ReadFile } from "./open-tokenizer.ts";

/** Files in memory. */
function filesOf(files: Readonly<Record<string, string | Uint8Array>>): ReadFile {
  const bytesOf = (contents: string | Uint8Array | undefined) =>
    typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  return async (path) => bytesOf(files[path]);
}

const pathsOf = async (path: string, read: ReadFile) => (await findTokenizerFiles(path, read)).map((file) => file.path);

const golden = new URL("../../test/golden/sentencepiece.json", import.meta.url);
const [sentencePiece] = JSON.parse(readFileSync(golden, "utf8")).models;
const vocab = JSON.stringify({ a: 0, b: 1, ab: 2 });
const bert = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nab\n";

describe("a tokenizer is found and opened", () => {
  test("in a SentencePiece model, whatever the folder has beside it", async () => {
    const model = Buffer.from(sentencePiece.model, "base64");
    const read = filesOf({ "t5/spiece.model": model, "t5/vocab.txt": bert, "t5/README.md": "" });
    expect(await pathsOf("t5", read)).toEqual(["t5/spiece.model"]);
    const { text, ids } = sentencePiece.encodings[0];
    expect((await openTokenizer("t5/", read)).encode(text, { matchAddedTokens: false }).ids).toEqual(ids);
  });

  test("in vocab.json with merges.txt, by the folder or the name", async () => {
    const read = filesOf({ "gpt2/vocab.json": vocab, "gpt2/merges.txt": "a b\n" });
    expect(await pathsOf("gpt2", read)).toEqual(["gpt2/vocab.json", "gpt2/merges.txt"]);
    expect((await openTokenizer("gpt2/vocab.json", read)).encode("ab").ids).toEqual([2]);
    const beside = filesOf({ "vocab.json": vocab, "merges.txt": "a b\n" });
    expect(await pathsOf("vocab.json", beside)).toEqual(["vocab.json", "merges.txt"]);
    expect(await pathsOf("", beside)).toEqual(["vocab.json", "merges.txt"]);
  });

  test("in vocab.txt, and in a tokenizer.json of any name", async () => {
    const tokenizer = await openTokenizer("bert", filesOf({ "bert/vocab.txt": bert }));
    expect(tokenizer.encode("AB").tokens).toEqual(["ab"]);
    const named = await openTokenizer("my.json", filesOf({ "my.json": tokenizer.stringify() }));
    expect(named.stringify()).toBe(Tokenizer.parse(tokenizer.stringify()).stringify());
  });
});

test.each([
  ["a missing file", "none.json", {}, TokenizerNotFoundError, "tokenizer file none.json: there is no such file"],
  [
    "a folder without a tokenizer",
    "empty",
    { "empty/README.md": "" },
    TokenizerNotFoundError,
    "tokenizer file empty: there is no such file, and the folder has none of tokenizer.json, spiece.model",
  ],
  [
    "vocab.json alone",
    "alone",
    { "alone/vocab.json": vocab },
    TokenizerNotFoundError,
    "vocab.json: it needs merges.txt beside it",
  ],
  ["a broken model", "broken.model", { "broken.model": "no" }, TokenizerFileError, "broken.model: SentencePiece model"],
  [
    "a foreign file",
    "foreign",
    { "foreign/tokenizer.json": "{}" },
    TokenizerFileError,
    "foreign/tokenizer.json: tokenizer.json at",
  ],
  [
    "a vocab.txt with a byte order mark",
    "vocab.txt",
    { "vocab.txt": `\ufeff${bert}` },
    TokenizerFileError,
    "vocab.txt: vocab.txt at line 1: expected a token, got a byte order mark",
  ],
])("%s is refused", async (_, path, files, kind, message) => {
  const failing = openTokenizer(path, filesOf(files));
  await expect(failing).rejects.toThrow(kind);
  await expect(failing).rejects.toThrow(message);
});

test("what reading throws is passed on", async () => {
  const offline: ReadFile = async () => {
    throw new Error("offline");
  };
  await expect(openTokenizer("tokenizer.json", offline)).rejects.toThrow(/^offline$/);
});
