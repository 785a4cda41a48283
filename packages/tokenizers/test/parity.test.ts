/**
 * A sample of `pnpm tokenizer-parity`: tokenizers that Hugging Face's library or this package trained, and a hash of what that
 * library gave for each of a few hundred texts. `pnpm tokenizer-parity --sample <file>` writes golden/parity.json anew.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Tokenizer } from "@cellstate/tokenizers";
import { describe, expect, test } from "vitest";

interface Golden {
  readonly requests: readonly { readonly text: string; readonly pair?: string; readonly special: boolean }[];
  readonly tokenizers: readonly { readonly name: string; readonly json: object; readonly hashes: readonly string[] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/parity.json", import.meta.url), "utf8"));

function hashOf(tokenizer: Tokenizer, { special, text, ...pair }: Golden["requests"][number]): string {
  const { ids, columns } = tokenizer.encode(text, { addSpecialTokens: special, ...pair });
  const { tokens, offsets, wordIds, typeIds, specialTokensMask } = columns;
  const decoded = [tokenizer.decode(ids), tokenizer.decode(ids, { skipSpecialTokens: false })];
  const values = [ids, tokens, offsets, wordIds, typeIds, specialTokensMask, ...decoded];
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 8);
}

describe.each(golden.tokenizers)("$name", ({ json, hashes }) => {
  const tokenizer = Tokenizer.fromJson(json);

  test("gives for each text what Hugging Face's library gives", () => {
    const differing = golden.requests.filter((request, index) => hashOf(tokenizer, request) !== hashes[index]);
    expect(differing).toEqual([]);
  });

  test("is written as it was read", () => {
    expect(JSON.parse(tokenizer.stringify())).toEqual(json);
  });
});
