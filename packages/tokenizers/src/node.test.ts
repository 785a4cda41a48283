import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { TokenizerNotFoundError } from "./errors.ts";
import { readFileIfThere, readTokenizer } from "./node.ts";

const folder = mkdtempSync(join(tmpdir(), "cellstate-tokenizers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a tokenizer is read from a folder or a file on disk", async () => {
  const file = join(folder, "vocab.txt");
  writeFileSync(file, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nab\n");
  const tokenizer = await readTokenizer(folder);
  expect(tokenizer.encode("AB").tokens).toEqual(["ab"]);
  expect((await readTokenizer(file)).stringify()).toBe(tokenizer.stringify());
});

test("only what is missing, or is a folder, counts as no file", async () => {
  writeFileSync(join(folder, "a.txt"), "a");
  expect(Buffer.from((await readFileIfThere(join(folder, "a.txt"))) ?? []).toString()).toBe("a");
  for (const path of [folder, join(folder, "none"), join(folder, "a.txt", "none")]) {
    expect(await readFileIfThere(path)).toBeUndefined();
  }
  await expect(readFileIfThere("a\0b")).rejects.toThrow("null bytes");
  await expect(readTokenizer(join(folder, "none"))).rejects.toThrow(TokenizerNotFoundError);
});
