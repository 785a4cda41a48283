import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tokenizer } from "@cellstate/tokenizers";
import { afterAll, describe, expect, test } from "vitest";
import { TokenizerFileError, TokenizerNotFoundError } from "../errors.ts";
import { findTokenizerFiles, readTokenizerFiles } from "./read-tokenizer-file.ts";

const folder = mkdtempSync(join(tmpdir(), "cellstate-tokenizer-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with these files. */
function folderOf(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, contents] of Object.entries(files)) writeFileSync(join(path, file), contents);
  return path;
}
const read = async (path: string) => readTokenizerFiles(await findTokenizerFiles(path));

const golden = new URL("../../../tokenizers/test/golden/sentencepiece.json", import.meta.url);
const [sentencePiece] = JSON.parse(readFileSync(golden, "utf8")).models;
const vocab = JSON.stringify({ a: 0, b: 1, ab: 2 });
const bert = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nab\n";

describe("a tokenizer is found and read", () => {
  test("in a SentencePiece model, whatever the folder has beside it", async () => {
    const model = Buffer.from(sentencePiece.model, "base64");
    const path = folderOf("sentencepiece", { "spiece.model": model, "vocab.txt": bert, "README.md": "" });
    expect(await findTokenizerFiles(path)).toEqual([join(path, "spiece.model")]);
    const { text, ids } = sentencePiece.encodings[0];
    expect((await read(path)).encode(text, { matchAddedTokens: false }).ids).toEqual(ids);
  });

  test("in vocab.json with merges.txt", async () => {
    const path = folderOf("gpt2", { "vocab.json": vocab, "merges.txt": "a b\n" });
    expect(await findTokenizerFiles(path)).toEqual([join(path, "vocab.json"), join(path, "merges.txt")]);
    expect((await read(join(path, "vocab.json"))).encode("ab").ids).toEqual([2]);
  });

  test("in vocab.txt, and in a tokenizer.json of any name", async () => {
    const tokenizer = await read(folderOf("bert", { "vocab.txt": bert }));
    expect(tokenizer.encode("AB").tokens).toEqual(["ab"]);
    const path = folderOf("named", { "my.json": tokenizer.stringify() });
    expect((await read(join(path, "my.json"))).stringify()).toBe(Tokenizer.parse(tokenizer.stringify()).stringify());
  });
});

test.each([
  ["missing", {}, "none.json", TokenizerNotFoundError, "none.json: there is no such file"],
  ["empty", {}, "", TokenizerNotFoundError, "the folder has none of tokenizer.json, spiece.model"],
  ["alone", { "vocab.json": vocab }, "", TokenizerNotFoundError, "vocab.json: it needs merges.txt beside it"],
  ["broken", { "spiece.model": "no" }, "", TokenizerFileError, "spiece.model: SentencePiece model"],
  ["foreign", { "tokenizer.json": "{}" }, "", TokenizerFileError, "tokenizer.json: tokenizer.json at"],
])("%s is refused", async (name, files, file, kind, message) => {
  const failing = read(join(folderOf(name, files), file));
  await expect(failing).rejects.toThrow(kind);
  await expect(failing).rejects.toThrow(message);
});
